package distkv.store.etcd;

import distkv.store.engine.TaskQueue;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one watch of a server: of the records of the log, of the list of snapshots, and of the presence of
 * servers. After any error or end it is
 * opened anew behind the last event that it has handed over, never behind what a header says: between the two may be
 * events that have not come yet.
 */
final class EtcdWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EtcdWatch.class.getName());
    private static final long PAUSE_MILLIS = 200;

    private final EtcdClient client;
    private final Keys keys;
    private final ServerPresence presence;
    private final Snapshots snapshots;
    private final TaskQueue<EtcdTask> queue;
    private final ScheduledExecutorService timer;
    /** Guards everything below. */
    private final Object lock = new Object();

    /** The revision of etcd from which the next watch is. */
    private long from;

    private @Nullable Stream stream;
    private boolean closed;

    EtcdWatch(
            EtcdClient client,
            Keys keys,
            ServerPresence presence,
            Snapshots snapshots,
            TaskQueue<EtcdTask> queue,
            ScheduledExecutorService timer,
            long from) {
        this.client = client;
        this.keys = keys;
        this.presence = presence;
        this.snapshots = snapshots;
        this.queue = queue;
        this.timer = timer;
        this.from = from;
    }

    void open() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            Stream opened = new Stream();
            stream = opened;
            StreamObserver<WatchRequest> requests = client.watch(opened::leaving);
            opened.requests = requests;
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(keys.watched())
                            .setRangeEnd(keys.watchedEnd())
                            .setStartRevision(from)
                            .setProgressNotify(true))
                    .build());
        }
    }

    private void handle(Stream of, WatchResponse response) {
        for (Event event : response.getEventsList()) {
            handle(event);
        }
        synchronized (lock) {
            if (stream != of) {
                return;
            }
            if (response.getEventsCount() > 0) {
                from = Math.max(
                        from,
                        response.getEvents(response.getEventsCount() - 1)
                                        .getKv()
                                        .getModRevision()
                                + 1);
            } else if (!response.getCreated() && !response.getCanceled()) {
                // Progress: all events up to here have come.
                from = Math.max(from, response.getHeader().getRevision() + 1);
            }
            if (response.getCanceled() && response.getCompactRevision() > from) {
                // What is lost here is in the log; the writer reads it there.
                from = response.getCompactRevision();
                queue.put(new EtcdTask.CatchUp());
            }
        }
        if (response.getCanceled()) {
            ended(of);
        }
    }

    private void handle(Event event) {
        boolean isPut = event.getType() == Event.EventType.PUT;
        var key = event.getKv().getKey();
        if (keys.isServer(key)) {
            if (isPut) {
                presence.came(keys.server(key));
            } else {
                presence.went(keys.server(key));
                queue.put(new EtcdTask.TakeOver());
            }
        } else if (isPut && key.equals(keys.snapshots())) {
            snapshots.listed(event.getKv().getValue());
        } else if (isPut && keys.isLog(key)) {
            queue.put(new EtcdTask.Recorded(
                    keys.number(key), event.getKv().getValue().toByteArray()));
        }
    }

    /** A stream is over: opens another one soon, if it was the current one. */
    private void ended(Stream of) {
        synchronized (lock) {
            if (stream != of || closed) {
                return;
            }
            stream = null;
        }
        of.end();
        var _ = timer.schedule(this::open, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private final class Stream implements StreamObserver<WatchResponse> {
        private volatile @Nullable StreamObserver<WatchRequest> requests;
        private volatile Runnable leave = () -> {};

        StreamObserver<WatchResponse> leaving(Runnable member) {
            leave = member;
            return this;
        }

        @Override
        public void onNext(WatchResponse response) {
            handle(this, response);
        }

        @Override
        public void onError(Throwable failure) {
            LOG.log(System.Logger.Level.DEBUG, "the watch has ended", failure);
            leave.run();
            ended(this);
        }

        @Override
        public void onCompleted() {
            ended(this);
        }

        void end() {
            StreamObserver<WatchRequest> open = requests;
            if (open != null) {
                try {
                    open.onCompleted();
                } catch (IllegalStateException e) {
                    LOG.log(System.Logger.Level.TRACE, "it was over already", e);
                }
            }
        }
    }

    @Override
    public void close() {
        Stream open;
        synchronized (lock) {
            closed = true;
            open = stream;
            stream = null;
        }
        if (open != null) {
            open.end();
        }
    }
}
