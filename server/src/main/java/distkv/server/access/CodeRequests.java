package distkv.server.access;

import distkv.access.Principal;
import distkv.access.User;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.server.net.PeerIdentity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests of one connection about codes that let clients in. */
public final class CodeRequests {
    private static final int MAX_CLIENT = 64;

    private final AccessControl control;
    private final ConnectionAccess access;
    private final String address;

    public CodeRequests(AccessControl control, ConnectionAccess access, PeerIdentity peer) {
        this.control = control;
        this.access = access;
        this.address = peer.place();
    }

    /** Makes a code for this client. */
    public Reply ask(Request.AskForCode request, long tock) {
        String client = request.client().replaceAll("[^\\p{Print}]", "?");
        LogInCodes.Created created = control.codes()
                .create(address, client.length() > MAX_CLIENT ? client.substring(0, MAX_CLIENT) : client);
        if (created == null) {
            return failed(
                    request.seq(),
                    "code: too many wait for an approval (expected: " + LogInCodes.MOST_OF_ADDRESS
                            + " from an address, " + LogInCodes.MOST + " in all)",
                    Etype.REFUSED,
                    tock);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("code", created.code());
        result.put("secret", created.secret());
        result.put("ttl", LogInCodes.LIFE.toSeconds());
        return new Reply.Result(request.seq(), Values.encode(result), tock);
    }

    /** Tells who waits with a code, and lets that client in or refuses it. */
    public Reply decide(Request.ApproveCode request, long tock) {
        Seq seq = request.seq();
        Principal principal = access.principal();
        String own = switch (principal) {
            case Principal.OfUser(String name) -> name;
            case Principal.OfLogIn(String name, String _) -> name;
            case Principal.Owner _ -> "";
            case null, default -> null;
        };
        if (principal == null || own == null) {
            access.denied("only users can approve a code");
            return failed(seq, "code: only users can approve one (expected: a log-in as a user)", Etype.ACCESS, tock);
        }
        // Whoever guesses codes is slowed, and nobody else.
        String key = "codes of " + (own.isEmpty() ? address : own);
        Duration delay = control.throttle().delay(key);
        if (delay.isPositive()) {
            return failed(
                    seq,
                    "code: too many wrong ones (expected: no attempt for " + (delay.toMillis() + 999) / 1000 + " s)",
                    Etype.REFUSED,
                    tock);
        }
        String code = normal(request.code());
        LogInCodes.Waiting waiting = control.codes().find(code);
        if (waiting == null) {
            control.throttle().failed(key);
            access.denied("nobody waits with the code");
            return failed(
                    seq,
                    "code: nobody waits with it (expected: one that 'distkv login' shows now; it is valid for "
                            + LogInCodes.LIFE_MINUTES + " minutes and logs in once)",
                    Etype.NOTFOUND,
                    tock);
        }
        String user = request.user() == null ? own : request.user();
        String wrong = Boolean.TRUE.equals(request.approved()) ? wrongUser(user) : null;
        if (wrong != null) {
            return failed(seq, wrong, Etype.REQUEST, tock);
        }
        if (request.approved() != null && !control.codes().decide(code, request.approved() ? user : null)) {
            return failed(seq, "code: decided about already (expected: a new one)", Etype.NOTFOUND, tock);
        }
        if (request.approved() != null) {
            control.events().decided(principal, address, waiting, request.approved() ? user : null);
        }
        return new Reply.Result(
                seq,
                Values.encode(Map.of("address", waiting.address(), "client", waiting.client(), "ident", user)),
                tock);
    }

    private @Nullable String wrongUser(String name) {
        if (name.isEmpty()) {
            return "ident: missing (expected: the user whom the code logs in, as you are none)";
        }
        User user = control.table().findUser(name);
        return user == null || user.disabled()
                ? "ident: " + name + " (expected: a user who is there and not disabled)"
                : null;
    }

    /** As it was made, however somebody types it. */
    private static String normal(String typed) {
        String letters = typed.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
        int half = letters.length() / 2;
        return letters.substring(0, half) + "-" + letters.substring(half);
    }

    private static Reply.Failed failed(Seq seq, String text, Etype etype, long tock) {
        return new Reply.Failed(seq, text, etype, tock);
    }
}
