package distkv.server.access;

import distkv.access.PasswordHash;
import distkv.access.Principal;
import distkv.access.Token;
import distkv.access.User;
import distkv.model.Bytes;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.RunToken;
import distkv.server.net.PeerIdentity;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The log-ins of one connection: checks what the client presents, and tells its {@link ConnectionAccess}. */
public final class LogIns {
    private static final System.Logger LOG = System.getLogger(LogIns.class.getName());

    /**
     * What takes the place of the hash of a user who does not exist, so that a wrong name takes as long as a wrong password.
     * Made at the first log-in: a hash takes much memory.
     */
    private static final class Nobody {
        static final String HASH = PasswordHash.of(PasswordHash.digest(""));
    }

    /** There is one hash at a time. */
    private static final Object ONE_AT_A_TIME = new Object();

    private final AccessControl control;
    private final ConnectionAccess access;
    /** Where attempts come from. */
    private final String address;

    private @Nullable KeyExchange exchange;

    public LogIns(AccessControl control, ConnectionAccess access, PeerIdentity peer) {
        this.control = control;
        this.access = access;
        this.address = peer.place();
    }

    /** Agrees on a key for a password. */
    public Reply agree(Request.DiffieHellman request, long tock) {
        if (exchange != null) {
            return new Reply.Failed(
                    request.seq(), "diffie_hellman: asked for twice (expected: once)", Etype.REQUEST, tock);
        }
        try {
            KeyExchange agreed = KeyExchange.with(request.publicKey().array());
            exchange = agreed;
            return new Reply.PublicKey(request.seq(), new Bytes(agreed.publicKey()), tock);
        } catch (IllegalArgumentException e) {
            return new Reply.Failed(request.seq(), String.valueOf(e.getMessage()), Etype.REQUEST, tock);
        }
    }

    /** Logs the client in; returns the refusal, or {@code null} if it is logged in. May take some 50 ms. */
    public Reply.@Nullable Failed logIn(Request.LogIn request, long tock) {
        if (request.method().equals(RunToken.METHOD)) {
            // No attempt of anybody's: such a token cannot be guessed, and one of a run that is over is no offence.
            String refusal = access.logInRun(request.secret().text());
            return refusal == null ? null : refusal(request, refusal, tock);
        }
        String user = request.user();
        String from = "address " + address;
        String[] keys = user.isEmpty() ? new String[] {from} : new String[] {from, "user " + user};
        Duration delay = control.throttle().delay(keys);
        if (delay.isPositive()) {
            control.events().logInFailed(shown(user), address, "too many failures");
            return refusal(
                    request,
                    "log-in: too many failures of this user or address (expected: no attempt for "
                            + (delay.toMillis() + 999) / 1000 + " s)",
                    tock);
        }
        Principal found;
        switch (request.method()) {
            case "password" -> found = byPassword(request);
            case "token" -> found = byToken(request);
            default -> {
                return refusal(request, "typ: '" + request.method() + "' (expected: password or token)", tock);
            }
        }
        if (found == null) {
            control.throttle().failed(keys);
            control.events().logInFailed(shown(user), address, "wrong " + request.method());
            LOG.log(
                    System.Logger.Level.WARNING,
                    "a log-in failed: {0} from {1}",
                    user.isEmpty() ? "a token" : "user " + shown(user),
                    address);
            // The text of the original, for a wrong name as well: it tells nobody which names exist.
            return refusal(request, "AuthFailedError('" + failure(request) + "', '" + shown(user) + "')", tock);
        }
        control.throttle().succeeded(keys);
        access.logIn(found);
        control.events().loggedIn(found, address, request.method());
        return null;
    }

    private static String shown(String user) {
        return User.isName(user) ? user : "?";
    }

    private static String failure(Request.LogIn request) {
        return request.method().equals("token") ? "Token is unknown or has expired" : "User or password is wrong";
    }

    private static Reply.Failed refusal(Request.LogIn request, String text, long tock) {
        return new Reply.Failed(request.seq(), text, Etype.ACCESS, tock);
    }

    private @Nullable Principal byPassword(Request.LogIn request) {
        byte[] digest = digest(request.secret());
        User user = control.table().findUser(request.user());
        String stored = user == null || user.disabled() || user.password() == null ? Nobody.HASH : user.password();
        boolean matches;
        synchronized (ONE_AT_A_TIME) {
            matches = PasswordHash.matches(stored, digest == null ? new byte[0] : digest);
        }
        return matches && digest != null && user != null && stored.equals(user.password())
                ? new Principal.OfUser(user.name())
                : null;
    }

    private byte @Nullable [] digest(Request.Secret secret) {
        if (secret.text() != null) {
            return PasswordHash.digest(secret.text());
        }
        KeyExchange agreed = exchange;
        return agreed == null || secret.encrypted() == null
                ? null
                : agreed.open(secret.encrypted().array());
    }

    private @Nullable Principal byToken(Request.LogIn request) {
        String presented = request.secret().text();
        if (presented == null) {
            return null;
        }
        Token token = control.table().findToken(Token.id(presented));
        return token != null && token.matches(presented) && !token.isExpired(AccessControl.now())
                ? new Principal.OfToken(token.id(), token.name())
                : null;
    }
}
