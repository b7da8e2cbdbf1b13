package distkv.cli.copy;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ServerConnectionException;
import distkv.model.process.VitalThreads;
import distkv.protocol.ProtocolException;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.server.copy.Follower;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.Replication;
import distkv.store.Store;
import distkv.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a store a copy of a main server's, on the thread {@code distkv-follow}, until it is closed or something is to be
 * done without the store.
 */
final class StoreFollower implements Follower, Runnable, AutoCloseable {
    /** What ends it. */
    enum End {
        STOPPED,
        PROMOTED,
        /** The main server has forgotten what came after what is here: the whole tree is to be copied. */
        BEHIND_HISTORY
    }

    private static final System.Logger LOG = System.getLogger(StoreFollower.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(500);
    /** The main server sends something every second. */
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private final MainServer main;
    private final Store store;
    private final Replication copy;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Client client;
    private volatile String trouble = "not connected yet";
    private volatile long newest;
    private volatile long copied;
    private volatile boolean isConnected;
    private volatile long levelAt = System.nanoTime();

    StoreFollower(MainServer main, Store store, Replication copy) {
        this.main = main;
        this.store = store;
        this.copy = copy;
        this.copied = store.load().revision();
        this.thread = VitalThreads.platform("distkv-follow", this);
    }

    void start() {
        thread.start();
    }

    CompletableFuture<End> end() {
        return end;
    }

    @Override
    public void run() {
        try {
            do {
                follow();
            } while (!end.isDone() && !closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() throws InterruptedException {
        try (Client connected = main.connect()) {
            client = connected;
            if (closed.getCount() > 0) {
                follow(connected);
            }
        } catch (CompactedException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} has forgotten what came after revision {1}",
                    main.address(),
                    copied);
            end.complete(End.BEHIND_HISTORY);
        } catch (ClientException | StoreException | ProtocolException | IllegalStateException e) {
            failed(String.valueOf(e.getMessage()));
        } catch (CompletionException e) {
            failed(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()));
        } finally {
            isConnected = false;
            client = null;
        }
    }

    private void failed(String reason) {
        if (!trouble.equals(reason) && closed.getCount() > 0) {
            LOG.log(System.Logger.Level.WARNING, "not following {0}: {1}", main.address(), reason);
        }
        trouble = reason;
    }

    private void follow(Client connected) throws InterruptedException, CompactedException {
        copied = store.load().revision();
        copy.feedBroken();
        MainServer.CopyInput feed =
                new MainServer.CopyInput(connected, new Request.FollowStore(Seq.of(1), copy.seal(), copied, "", -1));
        LOG.log(System.Logger.Level.INFO, "following {0} from revision {1}", main.address(), copied);
        while (!end.isDone()) {
            CopyBatch batch = feed.batch();
            newest = batch.newest();
            copied = copy.append(batch).join();
            feed.acknowledge();
            isConnected = true;
            trouble = "";
            if (batch.upTo() == batch.newest()) {
                levelAt = System.nanoTime();
            }
        }
    }

    @Override
    public String main() {
        return main.address();
    }

    @Override
    public long behind() {
        return Math.max(0, newest - copied);
    }

    @Override
    public long seconds() {
        long nanos = System.nanoTime() - levelAt;
        return isConnected && behind() == 0 && nanos < SILENCE.toNanos() ? 0 : TimeUnit.NANOSECONDS.toSeconds(nanos);
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public @Nullable String promote(boolean force) {
        try {
            if (!force && isAlive()) {
                return "the main server " + main.address() + " lives (expected: one that is stopped)";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
        end.complete(End.PROMOTED);
        return null;
    }

    /** Whether the main server answers now. */
    private boolean isAlive() throws InterruptedException {
        try {
            Reply.Standing its = main.standing();
            return its == null || its.epoch() >= copy.epochs().number();
        } catch (ServerConnectionException e) {
            return false;
        }
    }

    @Override
    public void close() {
        end.complete(End.STOPPED);
        closed.countDown();
        thread.interrupt();
        Client open = client;
        if (open != null) {
            open.close();
        }
        VitalThreads.join(thread);
    }
}
