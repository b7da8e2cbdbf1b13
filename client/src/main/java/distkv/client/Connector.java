package distkv.client;

import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client connected: when the connection ends, a thread makes a new one, with growing, jittered pauses between
 * attempts. A new connection is published only when the session is attached to it.
 */
final class Connector implements Runnable {
    private final ClientOptions options;
    private final @Nullable RunTokens runs;
    private final List<Client.ConnectionListener> listeners = new CopyOnWriteArrayList<>();
    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private @Nullable ServerConnection connection;
    private @Nullable Session session;
    private boolean closed;
    private long losses;
    private String reason = "not connected yet";
    /** Why there will be no connection any more, beside that the client is closed. */
    private @Nullable LogInException refused;

    private volatile String tree = "";
    private volatile @Nullable Thread thread;

    private Connector(ClientOptions options, @Nullable RunTokens runs) {
        this.options = options;
        this.runs = runs;
    }

    /** Connects, or throws if the first attempt fails. */
    static Connector connect(ClientOptions options) throws InterruptedException {
        Connector connector = new Connector(options, null);
        connector.publish(connector.open());
        connector.thread = options.thread("connector").start(connector);
        return connector;
    }

    /**
     * Starts to connect. Waits until the first attempt is over, but no longer than the timeout.
     *
     * @param runs what the client logs in with, if it is that of runs
     */
    static Connector begin(ClientOptions options, @Nullable RunTokens runs, Duration timeout)
            throws InterruptedException {
        Connector connector = new Connector(options, runs);
        CountDownLatch attempted = new CountDownLatch(1);
        connector.thread = options.thread("connector").start(() -> connector.begin(attempted));
        attempted.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return connector;
    }

    private void begin(CountDownLatch attempted) {
        try {
            try {
                publish(open());
            } catch (LogInException e) {
                throw e;
            } catch (ClientException e) {
                failed(e);
                attempted.countDown();
                publish(reopen());
            }
            attempted.countDown();
            run();
        } catch (LogInException e) {
            refused(e);
            attempted.countDown();
        } catch (InterruptedException e) {
            // Closed before it was ever connected.
            Thread.currentThread().interrupt();
        }
    }

    ClientOptions options() {
        return options;
    }

    /** The tree's name, which is the node of every chain. */
    String tree() {
        return tree;
    }

    void listen(Client.ConnectionListener listener) {
        listeners.add(listener);
    }

    /**
     * The current connection.
     *
     * @throws ServerConnectionException if there is none
     * @throws LogInException if there will be none, since the server has refused the client's log-in
     */
    ServerConnection connection() {
        lock.lock();
        try {
            if (connection == null) {
                throw none();
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held, without a connection. */
    private ClientException none() {
        return refused == null ? new ServerConnectionException(reason, false) : refused;
    }

    @Nullable
    ServerConnection connectionOrNull() {
        lock.lock();
        try {
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a connection.
     *
     * @throws ServerConnectionException if the client is closed
     * @throws LogInException if the server has refused the client's log-in
     */
    ServerConnection awaitConnection() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            // A connection that has just ended is still here until it is retracted.
            while ((connection == null || !connection.isUp()) && !closed) {
                changed.await();
            }
            if (connection == null) {
                throw none();
            }
            return connection;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a connection until the deadline, a time of {@link System#nanoTime}. Returns {@code null} if there is
     * none by then.
     */
    @Nullable
    ServerConnection awaitConnection(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while ((connection == null || !connection.isUp()) && !closed) {
                if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    return null;
                }
            }
            return closed ? null : connection;
        } finally {
            lock.unlock();
        }
    }

    /** How many connections have been lost. */
    long losses() {
        lock.lock();
        try {
            return losses + (connection != null && !connection.isUp() ? 1 : 0);
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Session session() {
        lock.lock();
        try {
            return session;
        } finally {
            lock.unlock();
        }
    }

    void session(@Nullable Session newSession) {
        lock.lock();
        try {
            session = newSession;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            while (!isClosed()) {
                connection().awaitEnd();
                retract();
                publish(reopen());
            }
        } catch (LogInException e) {
            refused(e);
        } catch (InterruptedException | ServerConnectionException e) {
            // The client is closed.
            Thread.currentThread().interrupt();
        }
    }

    private ServerConnection reopen() throws InterruptedException {
        Duration pause = options.retryFirst();
        while (true) {
            // Not all clients of a restarted server should reconnect at the same moment.
            Thread.sleep(pause.toMillis() / 2 + ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1));
            if (runs != null) {
                runs.await();
            }
            try {
                return open();
            } catch (LogInException e) {
                throw e;
            } catch (ClientException e) {
                failed(e);
            }
            pause = pause.multipliedBy(2).compareTo(options.retryMost()) < 0
                    ? pause.multipliedBy(2)
                    : options.retryMost();
        }
    }

    private ServerConnection open() throws InterruptedException {
        // Runs log in with their tokens, and as nobody else.
        ServerConnection opened =
                runs == null ? ServerConnection.open(options) : ServerConnection.openAsNobody(options);
        try {
            if (runs != null) {
                runs.connected(opened);
            }
            tree = treeName(opened);
            Session mine = session();
            if (mine != null) {
                mine.attach(opened);
            }
            return opened;
        } catch (ClientException | InterruptedException e) {
            opened.close("the new connection could not be used");
            throw e;
        }
    }

    private static String treeName(ServerConnection opened) throws InterruptedException {
        Reply reply = opened.call(false, seq -> new Request.GetState(seq, EnumSet.of(StatePart.NODES)));
        if (reply instanceof Reply.State state
                && state.parts().containsKey(StatePart.NODES)
                && Values.decode(state.parts().get(StatePart.NODES)) instanceof Map<?, ?> nodes
                && !nodes.isEmpty()) {
            return String.valueOf(nodes.keySet().iterator().next());
        }
        return opened.greeting().node();
    }

    private void publish(ServerConnection opened) {
        Session mine;
        lock.lock();
        try {
            if (closed) {
                opened.close(reason);
                return;
            }
            connection = opened;
            mine = session;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (mine != null) {
            mine.published();
        }
        listeners.forEach(Client.ConnectionListener::connected);
    }

    private void retract() {
        String why;
        lock.lock();
        try {
            if (connection != null && !closed) {
                reason = connection.endReason() + "; trying to reconnect";
            }
            why = reason;
            connection = null;
            losses++;
        } finally {
            lock.unlock();
        }
        listeners.forEach(listener -> listener.disconnected(why));
    }

    private void failed(ClientException e) {
        lock.lock();
        try {
            reason = e.getMessage() + "; trying again";
        } finally {
            lock.unlock();
        }
    }

    /** The server does not let this client in any more: that is its end. */
    private void refused(LogInException e) {
        lock.lock();
        try {
            refused = e;
        } finally {
            lock.unlock();
        }
        close(String.valueOf(e.getMessage()));
        listeners.forEach(listener -> listener.refused(e));
    }

    void close() {
        close("the client is closed");
    }

    private void close(String why) {
        ServerConnection last;
        Session mine;
        lock.lock();
        try {
            closed = true;
            reason = why;
            last = connection;
            mine = session;
            connection = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (mine != null) {
            mine.abandon();
        }
        Thread keeper = thread;
        if (keeper != null && keeper != Thread.currentThread()) {
            keeper.interrupt();
        }
        if (last != null) {
            last.close(why);
        }
    }
}
