package distkv.server.session;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.server.tree.Replica;
import distkv.store.CommitOutcome;
import distkv.store.Store;
import distkv.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The session lease of a connection, if it has one. Of its secret only a hash is kept, in an entry of the internal
 * tree that is bound to the lease itself: so it survives a restart of the server, and goes with the lease. Used by the
 * session's reader.
 */
final class ConnectionSession {
    private static final Path SESSIONS = RequestPaths.OWN.child("session");
    private static final int SECRET_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ServerContext site;
    private final Store store;
    private long id;
    private Duration ttl = Duration.ZERO;

    ConnectionSession(ServerContext site) {
        this.site = site;
        this.store = site.store();
    }

    /** Whether this is the secret of a session that lives. */
    static boolean isSecret(Replica replica, long session, String secret) {
        return record(replica, session) instanceof Map<?, ?> record
                && record.get("hash") instanceof byte[] hash
                && MessageDigest.isEqual(hash, hash(secret));
    }

    private static @Nullable Object record(Replica replica, long session) {
        Entry entry = replica.snapshot().get(SESSIONS.child(session));
        Value value = entry == null ? null : entry.value();
        return value == null ? null : Values.decode(value);
    }

    /** The lease's id, 0 if this connection has no session. */
    long id() {
        return id;
    }

    /** Whether a lease that a session had has ended. */
    static boolean isGone(ServerContext site, long lease) {
        return site.replica().snapshot().get(SESSIONS.child(lease)) == null;
    }

    Reply open(Request.OpenSession request) {
        long bytes = site.replica().snapshot().bytes();
        if (bytes > site.memory().treeWithReserve()) {
            return new Reply.Failed(
                    request.seq(),
                    "session: the tree is full, " + bytes + " bytes (expected: at most "
                            + site.memory().treeWithReserve() + ")",
                    Etype.FULL,
                    tock());
        }
        long granted;
        try {
            granted = store.grant(request.ttl());
        } catch (StoreException e) {
            return new Reply.Failed(request.seq(), "session: " + e.getMessage(), Etype.REFUSED, tock());
        }
        byte[] random = new byte[SECRET_BYTES];
        RANDOM.nextBytes(random);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Value record =
                Values.encode(Map.of("hash", hash(secret), "ttl", request.ttl().toNanos() / 1e9));
        Write write =
                Write.set(SESSIONS.child(granted), record, Expectation.absent()).under(granted);
        if (!(store.commit(Commit.of(write)).join() instanceof CommitOutcome.Committed(long revision, var _))) {
            store.revoke(granted);
            return new Reply.Failed(request.seq(), "session: it could not be written down", Etype.REFUSED, tock());
        }
        site.replica().await(revision);
        take(granted);
        ttl = request.ttl();
        return new Reply.SessionOpened(request.seq(), id, secret, ttl, site.witnessSocket(), tock());
    }

    Reply attach(Request.AttachSession request) {
        long session = request.session();
        if (!isSecret(site.replica(), session, request.secret())
                || !(record(site.replica(), session) instanceof Map<?, ?> record)
                || !(record.get("ttl") instanceof Double seconds)
                || !store.renew(session)) {
            return new Reply.Failed(
                    request.seq(),
                    "session " + session + ": it has ended, or the secret is another (expected: open a new" + " one)",
                    Etype.SESSION,
                    tock());
        }
        take(session);
        ttl = Duration.ofNanos(Math.round(seconds * 1e9));
        return new Reply.SessionOpened(request.seq(), id, null, ttl, site.witnessSocket(), tock());
    }

    private void take(long session) {
        if (session != id) {
            leave();
            id = session;
            site.witnesses().attached(id);
        }
    }

    /** This connection no longer has a session; the session may live on. */
    void leave() {
        if (id != 0) {
            site.witnesses().detached(id);
            id = 0;
        }
    }

    /** Whether {@link #renew} is done without waiting; to leave a session that is gone may take longer. */
    boolean isShort() {
        return id == 0 || store.renew(id);
    }

    Reply renew(Seq seq) {
        if (id == 0 || !store.renew(id)) {
            leave();
            return ErrorReplies.noSession(seq, tock());
        }
        return new Reply.SessionRenewed(seq, ttl, tock());
    }

    Reply end(Seq seq) {
        if (id == 0) {
            return ErrorReplies.noSession(seq, tock());
        }
        store.revoke(id);
        // Writing after the revocation tells when the replica has seen it.
        Commit behind = Commit.of(Write.delete(SESSIONS.child(id), Expectation.anything()));
        leave();
        if (store.commit(behind).join() instanceof CommitOutcome.Committed(long revision, var _)) {
            site.replica().await(revision);
        }
        return new Reply.Done(seq, tock());
    }

    private long tock() {
        return site.replica().snapshot().tock();
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
