package distkv.server.access;

import distkv.access.AccessTable;
import distkv.access.PasswordHash;
import distkv.access.Principal;
import distkv.access.Token;
import distkv.access.User;
import distkv.model.Bytes;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.ChainCondition;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.WriteConditions;
import distkv.server.net.PeerIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The log-ins of one connection: checks what the client presents, and tells its {@link ConnectionAccess}. */
public final class LogIns {
    private static final System.Logger LOG = System.getLogger(LogIns.class.getName());

    /** How late the answer is to an attempt that came too early. */
    private static final long PAUSE_MILLIS = 100;

    /**
     * What takes the place of the hash of a user who does not exist, so that a wrong name takes as long as a wrong password.
     * Made at the first log-in: a hash takes much memory.
     */
    private static final class Nobody {
        static final String HASH = PasswordHash.of(PasswordHash.digest(""));
    }

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

    /** Logs the client in; returns the refusal, or {@code null} if it is logged in. May take some 50 ms, or wait. */
    public Reply.@Nullable Failed logIn(Request.LogIn request, long tock) {
        Reply.Failed refusal = attempt(request, tock);
        if (refusal != null && refusal.etype() == Etype.REFUSED) {
            pause();
        }
        return refusal;
    }

    /** Whoever does not wait, as told, is answered late: else refusing would be as much work as attempts can be sent. */
    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply.@Nullable Failed attempt(Request.LogIn request, long tock) {
        return switch (request.method()) {
            case "password" -> control.passwords().inTurn(address, () -> logInByPassword(request, tock));
            case "token" -> logInByToken(request, tock);
            case "code" -> logInByCode(request, tock);
            case Request.LogIn.RUN -> {
                // No attempt of anybody's: such a token cannot be guessed, and one of a run that is over is no offence.
                String refusal = access.logInRun(request.secret().text());
                yield refusal == null ? null : refusal(request, refusal, tock);
            }
            default ->
                refusal(request, "typ: '" + request.method() + "' (expected: password, token, code or run)", tock);
        };
    }

    private Reply.@Nullable Failed logInByPassword(Request.LogIn request, long tock) {
        String[] keys = {"address " + address, "user " + request.user()};
        Duration delay = control.throttle().delay(keys);
        if (delay.isPositive()) {
            control.events().logInFailed(shown(request.user()), address, "too many failures");
            return tooMany(request.seq(), "log-in", delay, tock);
        }
        User user = byPassword(request.user(), request.secret());
        if (user == null) {
            control.throttle().failed(keys);
            String shown = shown(request.user());
            LOG.log(System.Logger.Level.WARNING, "a log-in failed: user {0} from {1}", shown, address);
            control.events().logInFailed(shown, address, "wrong password");
            // The text of the original, for a wrong name as well: it tells nobody which names exist.
            return refusal(request, "AuthFailedError('User or password is wrong', '" + shown + "')", tock);
        }
        control.throttle().succeeded(keys);
        Principal found = new Principal.OfUser(user.name());
        access.logIn(found);
        control.events().loggedIn(found, address, request.method());
        return null;
    }

    /**
     * Nobody can guess a token, so a right one is never slowed: the wrong ones of another program at the same address do
     * not keep the workers there from logging in.
     */
    private Reply.@Nullable Failed logInByToken(Request.LogIn request, long tock) {
        String presented = request.secret().text();
        Token token = presented == null ? null : control.table().findToken(Token.id(presented));
        if (presented != null && token != null && token.matches(presented)) {
            double now = AccessControl.now();
            if (token.isExpired(now)) {
                control.events().logInFailed("token " + token.name(), address, "expired token");
                return refusal(
                        request,
                        "token " + token.name() + ": expired at " + time(token.expires()) + ", and it is " + time(now)
                                + " (expected: one that is valid, or a clock that is right)",
                        tock);
            }
            access.logIn(token.principal());
            control.events().loggedIn(token.principal(), address, request.method());
            control.tokenUse().note(token.id(), address);
            return null;
        }
        String key = "tokens of " + address;
        Duration delay = control.throttle().delay(key);
        if (delay.isPositive()) {
            control.events().logInFailed("?", address, "too many failures");
            return tooMany(request.seq(), "token", delay, tock);
        }
        control.throttle().failed(key);
        control.events().logInFailed("?", address, "unknown token");
        LOG.log(System.Logger.Level.WARNING, "a log-in failed: an unknown token from {0}", address);
        return refusal(request, "token: unknown or revoked (expected: one that 'distkv token list' shows)", tock);
    }

    /** Its secret cannot be guessed either. */
    private Reply.@Nullable Failed logInByCode(Request.LogIn request, long tock) {
        String secret = request.secret().text();
        return switch (control.codes().redeem(secret == null ? "" : secret)) {
            case LogInCodes.State.Approved(String user) -> {
                Principal found = new Principal.OfUser(user);
                access.logIn(found);
                control.events().loggedIn(found, address, request.method());
                yield null;
            }
            case LogInCodes.State.Pending() ->
                new Reply.Failed(request.seq(), "code: not approved yet (expected: patience)", Etype.NOT_YET, tock);
            case LogInCodes.State.Gone() -> {
                control.events().logInFailed("?", address, "code refused, used or too old");
                yield refusal(
                        request,
                        "code: refused, used or older than " + LogInCodes.LIFE_MINUTES
                                + " minutes (expected: a new one)",
                        tock);
            }
        };
    }

    /**
     * What comes of a change of one's own password.
     *
     * @param write what keeps the new one; {@code null} if it is refused
     */
    public record PasswordChange(@Nullable Request write, Reply.@Nullable Failed refusal) {
        static PasswordChange refused(Request.ChangePassword request, String why, Etype etype, long tock) {
            return new PasswordChange(null, new Reply.Failed(request.seq(), why, etype, tock));
        }
    }

    /**
     * Checks the present password of the user who is logged in, slowed like a log-in. May take some 100 ms, or wait.
     *
     * @param tree its name
     */
    public PasswordChange change(Request.ChangePassword request, String tree, long tock) {
        Principal principal = access.principal();
        String name = switch (principal) {
            case Principal.OfUser(String user) -> user;
            case Principal.OfLogIn(String user, String _) -> user;
            case null, default -> null;
        };
        String next = request.next().text();
        if (principal == null || name == null) {
            access.denied("only users have a password of their own");
            return PasswordChange.refused(
                    request, "password: only users have one (expected: a log-in as a user)", Etype.ACCESS, tock);
        } else if (next == null || next.isEmpty()) {
            return PasswordChange.refused(
                    request, "password: the new one is empty (expected: one that nobody guesses)", Etype.REQUEST, tock);
        }
        return control.passwords().inTurn(address, () -> change(request, principal, name, next, tree, tock));
    }

    private PasswordChange change(
            Request.ChangePassword request, Principal principal, String name, String next, String tree, long tock) {
        String[] keys = {"address " + address, "user " + name};
        Path path = AccessTable.user(name);
        Duration delay = control.throttle().delay(keys);
        if (delay.isPositive()) {
            control.events().denied(principal, address, path.toString(), "too many failures");
            return new PasswordChange(null, tooMany(request.seq(), "password", delay, tock));
        }
        Entry entry = control.entry(path);
        User user = byPassword(name, request.present());
        if (user == null || entry == null || entry.value() == null) {
            control.throttle().failed(keys);
            control.events().denied(principal, address, path.toString(), "wrong password");
            return PasswordChange.refused(
                    request, "password: wrong (expected: the present one of user " + name + ")", Etype.ACCESS, tock);
        }
        control.throttle().succeeded(keys);
        Request write = new Request.SetValue(
                request.seq(),
                path.tail(1),
                true,
                user.withPassword(PasswordHash.of(PasswordHash.digest(next))).encode(entry.value()),
                new WriteConditions(new ChainCondition.Link(tree, entry.tick()), null, List.of()),
                false,
                false,
                false);
        return new PasswordChange(write, null);
    }

    private static String time(double unix) {
        return Instant.ofEpochSecond((long) unix).toString();
    }

    private static Reply.Failed tooMany(Seq seq, String what, Duration delay, long tock) {
        return new Reply.Failed(
                seq,
                what + ": too many failures of this user or address (expected: no attempt for "
                        + (delay.toMillis() + 999) / 1000 + " s)",
                Etype.REFUSED,
                tock);
    }

    private static String shown(String user) {
        return User.isName(user) ? user : "?";
    }

    private static Reply.Failed refusal(Request.LogIn request, String text, long tock) {
        return new Reply.Failed(request.seq(), text, Etype.ACCESS, tock);
    }

    /**
     * The user who has this password; {@code null} if it is another's, or the user cannot log in. To be called when it is the
     * turn of this attempt.
     */
    private @Nullable User byPassword(String name, Request.Secret secret) {
        long begun = System.nanoTime();
        byte[] digest = digest(secret);
        User user = control.table().findUser(name);
        String stored = user == null || user.disabled() || user.password() == null ? Nobody.HASH : user.password();
        boolean matches = BackgroundWork.call(
                "distkv-password", () -> PasswordHash.matches(stored, digest == null ? new byte[0] : digest));
        if (matches && digest != null && user != null && stored.equals(user.password())) {
            return user;
        }
        control.passwords().failed(System.nanoTime() - begun);
        return null;
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
}
