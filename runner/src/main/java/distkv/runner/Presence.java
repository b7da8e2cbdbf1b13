package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ServerConnectionException;
import distkv.client.Session;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.runner.group.Membership;
import distkv.runner.lifecycle.Lifecycle.Load;
import distkv.schema.group.Member;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Keeps this runner present: opens a session, binds the presence entries to it, and opens another one when it is lost.
 * All on a virtual thread of its own.
 */
final class Presence implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Client client;
    private final RunnerOptions options;
    private final Events events;
    private final Path prefix;
    private final long pid = ProcessHandle.current().pid();
    private final double started = System.currentTimeMillis() / 1e3;
    /** Has the thread look again. One wish is as good as many: a full queue is one that will be heard. */
    private final BlockingQueue<Boolean> wishes = new ArrayBlockingQueue<>(1);

    private final Thread thread = VitalThreads.virtual("runner presence", this::run);
    private volatile Load load = new Load(0, 0);
    private volatile Map<Path, String> refuses = Map.of();
    private volatile @Nullable String sandbox;
    private volatile boolean closed;

    Presence(Client client, RunnerOptions options, Events events) {
        this.client = client;
        this.options = options;
        this.events = events;
        this.prefix = options.prefixes().presence().child(options.group());
    }

    void open() {
        thread.start();
    }

    /** Publishes what runs here, and what is not accepted here, and mends what is missing. */
    void publish(Load running, Map<Path, String> refused) {
        load = running;
        refuses = refused;
        wish();
    }

    /** Publishes which sandbox the workers are in. */
    void sandbox(String named) {
        sandbox = named;
        wish();
    }

    private void wish() {
        var _ = wishes.offer(true);
    }

    /** Whether the entries of this very runner are there, for all its kinds. */
    boolean isSeen(Membership membership) {
        for (Kind kind : options.kinds()) {
            Member member = membership.find(options.node(), kind.word());
            if (member == null || member.pid() != pid || member.started() != started) {
                return false;
            }
        }
        return true;
    }

    /** Whether another runner has put itself into the place of this one. */
    boolean isReplaced(Membership membership) {
        for (Kind kind : options.kinds()) {
            Member member = membership.find(options.node(), kind.word());
            if (member != null && (member.pid() != pid || member.started() != started)) {
                return true;
            }
        }
        return false;
    }

    private void run() {
        try {
            while (serve()) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Serves one session to its end; returns whether to open another. */
    private boolean serve() throws InterruptedException {
        try {
            client.awaitConnected();
            Session session = client.session(options.ttl());
            session.listen(new Watcher());
            return serve(session);
        } catch (ServerConnectionException e) {
            return !closed;
        } catch (ClientException e) {
            events.put(new Event.Printed("no session: " + e.getMessage()));
            return !closed;
        }
    }

    private boolean serve(Session session) throws InterruptedException {
        boolean announced = false;
        boolean denied = false;
        while (!closed && !session.isLost()) {
            try {
                write(session);
                if (!announced) {
                    announced = true;
                    events.put(new Event.Opened(session));
                }
                wishes.take();
            } catch (ClientException e) {
                if (e.etype() == Etype.ACCESS && !denied) {
                    denied = true;
                    events.put(new Event.Printed("no presence: " + e.getMessage()));
                }
                // It is lost, and a new one is needed; or the connection is, and it is mended.
                client.awaitConnected();
                Thread.sleep(PAUSE);
            }
        }
        if (closed) {
            session.close();
        }
        return !closed;
    }

    private final class Watcher implements Session.Listener {
        @Override
        public void lost() {
            wish();
            events.nudge();
        }

        @Override
        public void detached() {
            events.nudge();
        }

        @Override
        public void reattached() {
            events.nudge();
        }
    }

    private void write(Session session) throws InterruptedException {
        List<Write> writes = new ArrayList<>();
        for (Kind kind : options.kinds()) {
            Member me = new Member(
                    options.node(),
                    kind.word(),
                    pid,
                    started,
                    load.total(),
                    load.pinned(),
                    options.capacity(),
                    options.labels(),
                    sandbox,
                    kind == Kind.ANY ? refuses : Map.of());
            Path path = prefix.child(options.node()).child(kind.word());
            writes.add(Write.set(path, me.encode(), Expectation.anything()).under(session.id()));
        }
        client.commit(new Commit(writes, List.of()));
    }

    /** Ends the session, and with it presence and claims. */
    @Override
    public void close() {
        closed = true;
        wish();
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
