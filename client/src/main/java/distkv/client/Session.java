package distkv.client;

import distkv.client.internal.SessionClock;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.token.RunToken;
import distkv.protocol.token.SessionKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A lease that entries can be bound to: they are deleted when it is not renewed within its time to live. A platform
 * thread renews it three times in that period, over the client's connection and over one of its own, so that no other
 * work delays it. It outlives connections: it is attached to each new one.
 */
public final class Session implements AutoCloseable {
    /**
     * What a process needs to witness that the holder of a session lives ({@code docs/protocol.md}).
     *
     * @param socket the path of the server's Unix socket, which is of no use on another machine
     * @param secret what a witness has to show, which is not the secret of the session
     * @param attachment the number of the session's connection that this was sent on, from 1; witnesses of earlier ones may
     *     be gone
     */
    public record Witness(String socket, long session, String secret, int attachment) {
        @Override
        public String toString() {
            return "Witness[" + socket + ", session " + session + ", attachment " + attachment + "]";
        }
    }

    /** Is told what becomes of a session, on the session's thread; it should not block for long. */
    public interface Listener {
        /** The deadline has passed without a renewal: the server has ended the session, or will soon. */
        default void detached() {}

        /** The session is alive after all: it is attached to a new connection, or was renewed after the deadline. */
        default void reattached() {}

        /** The session and everything that was bound to it is gone. Nothing more follows. */
        default void lost() {}
    }

    private final Connector connector;
    private final long id;
    private final String secret;
    private final SessionKey key;
    private final Duration ttl;
    private final SessionClock clock;
    private final RenewalConnection renewals;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    /** Written by the thread that opens connections. */
    private volatile @Nullable Witness witness;

    private int attachments = 1;

    private Session(Connector connector, Reply.SessionOpened opened, String secret, long sentAt) {
        this.connector = connector;
        this.id = opened.session();
        this.secret = secret;
        this.key = SessionKey.of(secret);
        this.ttl = opened.ttl();
        this.clock = new SessionClock(ttl, sentAt);
        this.renewals = new RenewalConnection(connector.options());
        this.witness = witness(opened, 1);
    }

    private @Nullable Witness witness(Reply.SessionOpened opened, int attachment) {
        return opened.socket() == null ? null : new Witness(opened.socket(), id, key.witness(), attachment);
    }

    static Session open(Connector connector, Duration ttl) throws InterruptedException {
        ServerConnection connection = connector.connection();
        long sentAt = System.nanoTime();
        Reply reply = connection.call(true, seq -> new Request.OpenSession(seq, ttl));
        if (!(reply instanceof Reply.SessionOpened opened) || opened.secret() == null) {
            throw new ClientException(Etype.OTHER, "session: reply " + reply + " (expected: session and secret)");
        }
        Session session = new Session(connector, opened, opened.secret(), sentAt);
        connector.session(session);
        connector.options().withPlatformThreads().thread("session").start(session::run);
        return session;
    }

    /** The id of the session: the lease of {@link Write#under} for {@link Client#commit}. */
    public long id() {
        return id;
    }

    public Duration ttl() {
        return ttl;
    }

    /**
     * When the session may end, as a time of {@link System#nanoTime}: its time to live after the last acknowledged
     * renewal was sent. After that nothing may rely on the session.
     */
    public long deadline() {
        return clock.deadline();
    }

    /** The time left until {@link #deadline}; zero if it has passed or the session is lost. */
    public Duration remaining() {
        long left = deadline() - System.nanoTime();
        return left <= 0 || isLost() ? Duration.ZERO : Duration.ofNanos(left);
    }

    /**
     * How processes on the server's machine can witness that the session's holder lives: the session ends at once when
     * they and this client are dead. {@code null}: the server does not support witnesses.
     */
    public @Nullable Witness witness() {
        return witness;
    }

    /**
     * What a run logs in with, as {@link RunTokens} does, whose claim is bound to this session.
     *
     * @param as whom its job acts as, as the job's entry says
     */
    public String runToken(Guard claim, @Nullable String as) {
        return RunToken.of(key, claim.path(), claim.tick(), as).text();
    }

    public boolean isLost() {
        return clock.isLost();
    }

    /** Tells a listener what becomes of the session from now on. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /** Writes an entry that is bound to this session. Returns the write's tick. */
    public long set(Path path, Value value, Expectation expectation, Guard... guards) throws InterruptedException {
        Write write = Write.set(path, value, expectation).under(id);
        return CommitRequests.commit(connector, new Commit(List.of(write), List.of(guards)), 0)
                .getFirst();
    }

    /**
     * Ends the session and deletes all entries bound to it: at once if there is a connection, otherwise when the
     * session expires.
     */
    @Override
    public void close() {
        if (!clock.end()) {
            return;
        }
        connector.session(null);
        renewals.close();
        ServerConnection connection = connector.connectionOrNull();
        if (connection == null || isLost()) {
            return;
        }
        try {
            connection.call(true, Request.EndSession::new);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClientException e) {
            // The session expires by itself.
        }
    }

    /** Stops renewing: the client is closed. */
    void abandon() {
        var _ = clock.end();
        renewals.close();
    }

    /** Attaches the session to a new connection, before anything else uses it. */
    void attach(ServerConnection connection) throws InterruptedException {
        long sentAt = System.nanoTime();
        try {
            Reply reply = connection.call(true, seq -> new Request.AttachSession(seq, id, secret));
            if (reply instanceof Reply.SessionOpened opened) {
                attachments++;
                witness = witness(opened, attachments);
            }
            clock.acknowledged(sentAt, true);
        } catch (SessionLostException e) {
            lose();
        }
    }

    /** The connection that the session was attached to is in use. */
    void published() {
        clock.attached();
    }

    private void lose() {
        connector.session(null);
        clock.lose();
        renewals.close();
    }

    private void run() {
        try {
            for (SessionClock.Step step = clock.next(); step != SessionClock.Step.END; step = clock.next()) {
                switch (step) {
                    case RENEW -> renew();
                    case DETACHED -> listeners.forEach(Listener::detached);
                    case REATTACHED -> listeners.forEach(Listener::reattached);
                    case LOST -> listeners.forEach(Listener::lost);
                    case END -> {}
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        boolean sent = renew(renewals.connectionOrNull());
        sent |= renew(connector.connectionOrNull());
        if (!sent) {
            clock.renewalFailed();
        }
    }

    /** Renews the session over this connection, if there is one. The first reply counts, on whichever connection. */
    private boolean renew(@Nullable ServerConnection connection) {
        if (connection == null) {
            return false;
        }
        long sentAt = System.nanoTime();
        // Attaching renews, and is also right on a connection that has not had the session so far.
        CompletableFuture<Reply> attached = connection.askNow(seq -> new Request.AttachSession(seq, id, secret));
        var _ = attached.whenComplete((reply, failure) -> {
            if (reply instanceof Reply.Failed failed && failed.etype() == Etype.SESSION) {
                lose();
            } else if (failure != null || reply instanceof Reply.Failed) {
                clock.renewalFailed();
            } else {
                clock.acknowledged(sentAt, false);
            }
        });
        return true;
    }
}
