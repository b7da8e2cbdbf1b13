package distkv.code.call;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.Session;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.client.WatchOptions;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.job.JobEdit;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs procedures once on a node of a group. A call is a job entry at {@code any <group> ".call" <random>} that is
 * bound to this client's session. Its result is found in the job's state or in the error tree.
 */
final class GroupCalls implements AutoCloseable {
    /** How long a call that was started outlives its caller. */
    private static final Duration TTL = Duration.ofSeconds(5);
    /** How long to wait until a runner starts it. */
    private static final Duration BEGIN_TIMEOUT = Duration.ofSeconds(10);
    /** How many changes may be queued for a call; then the readers of its watches block. */
    private static final int WAITING = 64;
    /** The delay before a failed job starts again, in seconds: never. */
    private static final double NEVER = 1e9;

    private final Client client;
    private final CodeOptions options;
    private final SecureRandom random = new SecureRandom();
    /** Guards the session. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Session opened;

    GroupCalls(Client client, CodeOptions options) {
        this.client = client;
        this.options = options;
    }

    /** Runs a procedure and waits for its end. */
    @Nullable
    Object call(String group, Path code, Map<String, @Nullable Object> data) throws InterruptedException {
        byte[] id = new byte[8];
        random.nextBytes(id);
        Path name = Path.of(JobId.CALL, HexFormat.of().formatHex(id));
        Path job = Kind.ANY.entries(options.prefixes().runs(), group, "").append(name);
        GroupCall call = new GroupCall(
                code,
                group,
                job,
                Kind.ANY.states(options.prefixes().states(), group, "").append(name),
                options.prefixes().errors());
        BlockingQueue<Entry> news = new ArrayBlockingQueue<>(WAITING);
        try (Watch state = client.watch(call.state(), WatchOptions.FETCH);
                Watch errors = client.watch(options.prefixes().errors(), WatchOptions.CHANGES)) {
            Thread states = follow(state, news);
            Thread records = follow(errors, news);
            try {
                session().set(job, Values.encode(entry(code, data)), Expectation.absent());
                return outcome(call, news);
            } finally {
                states.interrupt();
                records.interrupt();
                tidy(call);
            }
        }
    }

    private static Map<?, ?> entry(Path code, Map<String, @Nullable Object> data) {
        JobEdit job = JobEdit.of(null);
        job.code(code);
        job.data(data);
        job.startAt(System.currentTimeMillis() / 1e3);
        job.delay(NEVER);
        return job.entry();
    }

    private static @Nullable Object outcome(GroupCall call, BlockingQueue<Entry> news) throws InterruptedException {
        long end = System.nanoTime() + BEGIN_TIMEOUT.toNanos();
        while (!call.isOver()) {
            Entry entry = call.isBegun() ? news.take() : news.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (entry == null) {
                throw call.notBegun(BEGIN_TIMEOUT.toSeconds());
            }
            call.take(entry);
        }
        return call.outcome();
    }

    private static Thread follow(Watch watch, BlockingQueue<Entry> news) {
        return Thread.ofVirtual().name("call").start(() -> {
            try {
                for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                    if (event instanceof WatchEvent.Changed(Entry entry)) {
                        news.put(entry);
                    }
                }
            } catch (InterruptedException e) {
                // The call is over.
                Thread.currentThread().interrupt();
            }
        });
    }

    /** The client's session, or a new one. */
    private Session session() throws InterruptedException {
        lock.lock();
        try {
            Session session = client.session();
            if (session == null || session.isLost()) {
                opened = session = client.session(TTL);
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    /** Deletes the job entry, whose state the runner then deletes, and the error record. */
    private void tidy(GroupCall call) throws InterruptedException {
        try {
            client.delete(call.job());
            Path record = call.record();
            if (record != null) {
                client.deleteTree(record);
            }
        } catch (ClientException e) {
            // The entry vanishes with the session; the error record stays.
            System.getLogger(GroupCalls.class.getName()).log(System.Logger.Level.DEBUG, "a call was not cleaned up", e);
        }
    }

    /** Ends the session if it was opened here. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (opened != null) {
                opened.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
