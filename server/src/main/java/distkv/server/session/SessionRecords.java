package distkv.server.session;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.protocol.token.SessionKey;
import distkv.server.tree.KeyOrderWalk;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the internal tree holds about sessions: for each one an entry, bound to the session's own lease, with its time to
 * live, the hash of its secret, which is its key, the node that has opened it, if one has, and who else. So a session survives a
 * restart of the server, and its record goes with its lease.
 */
public final class SessionRecords {
    private static final Path SESSIONS = Snapshot.SERVER_STATE.child("session");
    private static final String HASH = "hash";
    private static final String TTL = "ttl";
    private static final String NODE = "node";
    private static final String HOLDER = "by";

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
        Map<?, ?> fields = fields(entry(session));
        return fields.get(HASH) instanceof byte[] hash
                        && MessageDigest.isEqual(hash, hash(secret))
                        && fields.get(TTL) instanceof Double seconds
                ? Duration.ofNanos(Math.round(seconds * 1e9))
                : null;
    }

    /** The key that follows from the secret of a session; {@code null} if there is no such session. */
    public @Nullable SessionKey key(long session) {
        return fields(entry(session)).get(HASH) instanceof byte[] hash ? SessionKey.ofBytes(hash) : null;
    }

    /** Whether this is what a witness of the session has to show; the secret itself will do. */
    boolean isWitness(long session, String shown) {
        SessionKey key = key(session);
        return key != null && (key.isWitness(shown) || key.isOf(shown));
    }

    /** The node that has opened a session; {@code null} if somebody else has. */
    public @Nullable String node(long session) {
        return fields(entry(session)).get(NODE) instanceof String node ? node : null;
    }

    /** Whether somebody has as many sessions, or more. */
    boolean hasSessions(String holder, int many) {
        int found = 0;
        for (KeyOrderWalk walk = replica.snapshot().walk(SESSIONS, Depths.ALL); found < many && walk.next(); ) {
            found += holder.equals(fields(walk.entry()).get(HOLDER)) ? 1 : 0;
        }
        return found >= many;
    }

    /** The sessions that nodes have opened for which this does not hold. */
    public List<Long> ofNodesExcept(Predicate<String> isNode) {
        List<Long> found = new ArrayList<>();
        for (KeyOrderWalk walk = replica.snapshot().walk(SESSIONS, Depths.ALL); walk.next(); ) {
            if (fields(walk.entry()).get(NODE) instanceof String node
                    && !isNode.test(node)
                    && walk.path().elements().getLast() instanceof Long session) {
                found.add(session);
            }
        }
        return found;
    }

    private static Map<?, ?> fields(@Nullable Entry entry) {
        Value value = entry == null ? null : entry.value();
        return value != null && Values.decode(value) instanceof Map<?, ?> fields ? fields : Map.of();
    }

    private @Nullable Entry entry(long session) {
        return replica.snapshot().get(SESSIONS.child(session));
    }

    /**
     * The write that records a new session.
     *
     * @param node that has opened it; {@code null} if somebody else has
     * @param holder whose sessions are counted; {@code null} if nobody's are
     */
    static Write opened(long session, String secret, Duration ttl, @Nullable String node, @Nullable String holder) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(HASH, hash(secret));
        fields.put(TTL, ttl.toNanos() / 1e9);
        if (node != null) {
            fields.put(NODE, node);
        }
        if (holder != null) {
            fields.put(HOLDER, holder);
        }
        return Write.set(SESSIONS.child(session), Values.encode(fields), Expectation.absent())
                .under(session);
    }

    /** The write that removes the record of a session. */
    static Write ended(long session) {
        return Write.delete(SESSIONS.child(session), Expectation.anything());
    }

    private static byte[] hash(String secret) {
        return SessionKey.of(secret).bytes();
    }
}
