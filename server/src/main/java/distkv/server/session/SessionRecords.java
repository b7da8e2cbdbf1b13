package distkv.server.session;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.SessionKey;
import distkv.protocol.Values;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the internal tree holds about sessions: for each one an entry, bound to the session's own lease, with its time to
 * live and the hash of its secret, which is its key. So a session survives a restart of the server, and its record goes with its lease.
 */
public final class SessionRecords {
    private static final Path SESSIONS = Snapshot.SERVER_STATE.child("session");

    private final Replica replica;

    public SessionRecords(Replica replica) {
        this.replica = replica;
    }

    /** Whether there is no such session, or no longer. */
    public boolean isGone(long session) {
        return entry(session) == null;
    }

    /** The time to live of a session; {@code null} if there is no such session, or it has another secret. */
    @Nullable
    Duration ttl(long session, String secret) {
        Entry entry = entry(session);
        Value value = entry == null ? null : entry.value();
        return value != null
                        && Values.decode(value) instanceof Map<?, ?> fields
                        && fields.get("hash") instanceof byte[] hash
                        && MessageDigest.isEqual(hash, hash(secret))
                        && fields.get("ttl") instanceof Double seconds
                ? Duration.ofNanos(Math.round(seconds * 1e9))
                : null;
    }

    /** The key that follows from the secret of a session; {@code null} if there is no such session. */
    public @Nullable SessionKey key(long session) {
        Entry entry = entry(session);
        Value value = entry == null ? null : entry.value();
        return value != null
                        && Values.decode(value) instanceof Map<?, ?> fields
                        && fields.get("hash") instanceof byte[] hash
                ? SessionKey.ofBytes(hash)
                : null;
    }

    /** Whether this is what a witness of the session has to show; the secret itself will do. */
    boolean isWitness(long session, String shown) {
        SessionKey key = key(session);
        return key != null && (key.isWitness(shown) || key.isOf(shown));
    }

    private @Nullable Entry entry(long session) {
        return replica.snapshot().get(SESSIONS.child(session));
    }

    /** The write that records a new session. */
    static Write opened(long session, String secret, Duration ttl) {
        Value fields = Values.encode(Map.of("hash", hash(secret), "ttl", ttl.toNanos() / 1e9));
        return Write.set(SESSIONS.child(session), fields, Expectation.absent()).under(session);
    }

    /** The write that removes the record of a session. */
    static Write ended(long session) {
        return Write.delete(SESSIONS.child(session), Expectation.anything());
    }

    private static byte[] hash(String secret) {
        return SessionKey.of(secret).bytes();
    }
}
