package distkv.worker;

import distkv.client.Client;
import distkv.client.Monitor;
import distkv.client.ReceivedMessage;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.client.WatchOptions;
import distkv.code.Message;
import distkv.code.Message.Change;
import distkv.code.Message.Deleted;
import distkv.code.Message.Received;
import distkv.code.Subscription;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A watch or monitor of a job. A task of the job reads its stream and queues the messages. It reads only while the
 * queue has room, so a slow job slows the server down.
 */
final class JobSubscription implements Subscription {
    private static final long GLANCE_MILLIS = 50;

    private final Path path;
    private final MessageQueue messages;
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile @Nullable RuntimeException refused;
    private volatile boolean awaited = true;
    private @Nullable JobTask task;

    JobSubscription(Path path, MessageQueue messages) {
        this.path = path;
        this.messages = messages;
    }

    /** Names the task that reads the stream. */
    JobSubscription by(JobTask reader) {
        task = reader;
        return this;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public boolean cancel() {
        JobTask reader = task;
        return reader != null && reader.cancel();
    }

    /**
     * Waits until the server has started the stream; without a connection, returns at once.
     *
     * @throws RuntimeException if the server refuses it
     */
    void awaitBegun(Client client) throws InterruptedException {
        boolean waiting = true;
        while (waiting && client.isConnected()) {
            waiting = !begun.await(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
        }
        awaited = false;
        RuntimeException why = refused;
        if (why != null) {
            throw why;
        }
    }

    /** Queues changes of entries until it is interrupted. */
    @Nullable
    Object watch(Client client, WatchOptions options, Readiness readiness) throws InterruptedException {
        try (Watch watch = open(() -> client.watch(path, options))) {
            if (watch == null) {
                return null;
            }
            begun.countDown();
            if (!options.fetch() && options.since() == null) {
                readiness.ready(this);
            }
            for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                switch (event) {
                    case WatchEvent.Changed(Entry entry) -> messages.putWatched(message(entry), entry.tick());
                    case WatchEvent.UpToDate _ -> readiness.ready(this);
                    case WatchEvent.CutOff _ -> {}
                }
            }
            return null;
        } finally {
            begun.countDown();
            readiness.closed(this);
        }
    }

    private Message message(Entry entry) {
        Value value = entry.value();
        return value == null ? new Deleted(entry.path(), this) : new Change(entry.path(), Values.decode(value), this);
    }

    /** Queues messages of other clients until it is interrupted. */
    @Nullable
    Object monitor(Client client, List<String> topic) throws InterruptedException {
        try (Monitor monitor = open(() -> client.monitor(topic))) {
            if (monitor == null) {
                return null;
            }
            begun.countDown();
            for (ReceivedMessage message = monitor.next(); message != null; message = monitor.next()) {
                Value data = message.data();
                Object raw = message.raw() == null ? null : message.raw().array();
                messages.putWatched(
                        new Received(Path.of(message.topic()), data == null ? raw : Values.decode(data), this), 0);
            }
            return null;
        } finally {
            begun.countDown();
        }
    }

    private interface Opening<T> {
        T open() throws InterruptedException;
    }

    /**
     * Opens the stream. If the server refuses, the exception goes to the code that waits in {@link #awaitBegun}; if
     * none waits, the job fails with it.
     */
    private <T> @Nullable T open(Opening<T> opening) throws InterruptedException {
        try {
            return opening.open();
        } catch (RuntimeException e) {
            if (!awaited) {
                throw e;
            }
            refused = e;
            return null;
        }
    }
}
