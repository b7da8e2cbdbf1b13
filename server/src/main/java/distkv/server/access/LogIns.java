package distkv.server.access;

import distkv.access.PasswordHash;
import distkv.access.Principal;
import distkv.access.Token;
import distkv.access.User;
import distkv.model.Bytes;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.server.net.PeerIdentity;
import java.time.Duration;
import java.time.Instant;
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
            return tooMany(request, "log-in", delay, tock);
        }
        long begun = System.nanoTime();
        Principal found = byPassword(request);
        if (found == null) {
            control.passwords().failed(System.nanoTime() - begun);
            control.throttle().failed(keys);
            String user = shown(request.user());
            LOG.log(System.Logger.Level.WARNING, "a log-in failed: user {0} from {1}", user, address);
            control.events().logInFailed(user, address, "wrong password");
            // The text of the original, for a wrong name as well: it tells nobody which names exist.
            return refusal(request, "AuthFailedError('User or password is wrong', '" + user + "')", tock);
        }
        control.throttle().succeeded(keys);
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
            return tooMany(request, "token", delay, tock);
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
            case LogInCodes.State.Gone() ->
                refusal(
                        request,
                        "code: refused, used or older than " + LogInCodes.LIFE_MINUTES
                                + " minutes (expected: a new one)",
                        tock);
        };
    }

    private static String time(double unix) {
        return Instant.ofEpochSecond((long) unix).toString();
    }

    private static Reply.Failed tooMany(Request.LogIn request, String what, Duration delay, long tock) {
        return new Reply.Failed(
                request.seq(),
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

    private @Nullable Principal byPassword(Request.LogIn request) {
        byte[] digest = digest(request.secret());
        User user = control.table().findUser(request.user());
        String stored = user == null || user.disabled() || user.password() == null ? Nobody.HASH : user.password();
        boolean matches = BackgroundWork.call(
                "distkv-password", () -> PasswordHash.matches(stored, digest == null ? new byte[0] : digest));
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
}
