package distkv.server.session;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the internal tree holds about sessions: for each one an entry, bound to the session's own lease, with its time to
 * live and a hash of its secret. So a session survives a restart of the server, and its record goes with its lease.
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
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
