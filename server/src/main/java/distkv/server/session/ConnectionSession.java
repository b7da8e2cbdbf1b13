package distkv.server.session;

import distkv.model.Commit;
import distkv.model.Origin;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.store.CommitOutcome;
import distkv.store.Store;
import distkv.store.StoreException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The session that a connection has, if it has one. */
public final class ConnectionSession {
    private static final int SECRET_BYTES = 24;
    /** The most sessions of one holder, so that nobody who may only read can fill the memory with them. */
    static final int MOST = 1_000;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final SessionContext context;
    private final Store store;
    private final Supplier<@Nullable String> client;
    private final Supplier<@Nullable String> holder;
    private final Predicate<String> isNode;
    private final Supplier<@Nullable Origin> origin;
    private long id;
    private Duration ttl = Duration.ZERO;

    /**
     * @param client the node that has logged in on this connection; {@code null} if somebody else has
     * @param holder whose sessions are counted; {@code null} for an owner, who may have any number
     * @param isNode whether a node may connect now
     * @param origin who makes the changes of this connection
     */
    public ConnectionSession(
            SessionContext context,
            Supplier<@Nullable String> client,
            Supplier<@Nullable String> holder,
            Predicate<String> isNode,
            Supplier<@Nullable Origin> origin) {
        this.context = context;
        this.store = context.store();
        this.client = client;
        this.holder = holder;
        this.isNode = isNode;
        this.origin = origin;
    }

    /** The session's id, which is that of its lease; 0 if this connection has no session. */
    public long id() {
        return id;
    }

    /** The error for requests that need a session where there is none. */
    public static Reply.Failed missing(Seq seq, long tock) {
        return new Reply.Failed(
                seq, "session: none on this connection, or it has ended (expected: open one)", Etype.SESSION, tock);
    }

    public Reply open(Request.OpenSession request) {
        long bytes = context.replica().snapshot().bytes();
        if (bytes > context.memory().treeWithReserve()) {
            return new Reply.Failed(
                    request.seq(),
                    "session: the tree is full, " + bytes + " bytes (expected: at most "
                            + context.memory().treeWithReserve() + ")",
                    Etype.FULL,
                    tock());
        }
        String by = holder.get();
        if (by != null && context.records().hasSessions(by, MOST)) {
            return new Reply.Failed(
                    request.seq(),
                    "session: " + by + " has " + MOST + " (expected: fewer, before there can be another; one ends when"
                            + " nobody renews it)",
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
        String node = client.get();
        Commit commit = Commit.of(SessionRecords.opened(granted, secret, request.ttl(), node, by))
                .from(origin.get());
        if (!(store.commit(commit).join() instanceof CommitOutcome.Committed(long revision, var _))) {
            store.revoke(granted);
            return new Reply.Failed(request.seq(), "session: its record could not be written", Etype.REFUSED, tock());
        }
        context.replica().await(revision);
        if (node != null && !isNode.test(node)) {
            // Whoever has revoked it may have looked before the session was there.
            store.revoke(granted);
            return missing(request.seq(), tock());
        }
        take(granted);
        ttl = request.ttl();
        return new Reply.SessionOpened(request.seq(), id, secret, ttl, context.witnessSocket(), tock());
    }

    public Reply attach(Request.AttachSession request) {
        long session = request.session();
        Duration recorded = context.records().ttl(session, request.secret());
        boolean isOurs = recorded != null && Objects.equals(context.records().node(session), client.get());
        if (recorded == null || !isOurs || !store.renew(session)) {
            return new Reply.Failed(
                    request.seq(),
                    "session " + session
                            + ": it has ended, or the secret is another, or it is another node's (expected: open a new one)",
                    Etype.SESSION,
                    tock());
        }
        take(session);
        ttl = recorded;
        return new Reply.SessionOpened(request.seq(), id, null, ttl, context.witnessSocket(), tock());
    }

    private void take(long session) {
        if (session != id) {
            leave();
            id = session;
            context.witnesses().attached(id);
        }
    }

    /** Detaches the connection from its session, which may live on. */
    public void leave() {
        if (id != 0) {
            context.witnesses().detached(id);
            id = 0;
        }
    }

    /** Whether {@link #renew} does not wait; leaving a session that is gone may take longer. */
    public boolean isRenewalImmediate() {
        return id == 0 || store.renew(id);
    }

    public Reply renew(Seq seq) {
        if (id == 0 || !store.renew(id)) {
            leave();
            return missing(seq, tock());
        }
        return new Reply.SessionRenewed(seq, ttl, tock());
    }

    public Reply end(Seq seq) {
        if (id == 0) {
            return missing(seq, tock());
        }
        store.revoke(id);
        // A commit after the revocation tells when the replica has seen it.
        Commit behind = Commit.of(SessionRecords.ended(id)).from(origin.get());
        leave();
        if (store.commit(behind).join() instanceof CommitOutcome.Committed(long revision, var _)) {
            context.replica().await(revision);
        }
        return new Reply.Done(seq, tock());
    }

    private long tock() {
        return context.replica().snapshot().tock();
    }
}
