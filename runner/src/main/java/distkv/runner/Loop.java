package distkv.runner;

import distkv.client.Client;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.group.GroupState;
import distkv.runner.group.Heartbeat;
import distkv.runner.job.Ask;
import distkv.runner.job.Dispatcher;
import distkv.runner.job.Hands;
import distkv.runner.job.Site;
import distkv.runner.worker.FromWorker;
import distkv.runner.worker.JavaCommand;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Pool;
import distkv.runner.worker.PoolOptions;
import distkv.runner.worker.WorkerEvent;
import distkv.runner.worker.WorkerHost;
import distkv.runner.worker.WorkerModules;
import distkv.schema.Prefixes;
import distkv.schema.code.Language;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import distkv.schema.job.Stop;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The decision thread: takes one event after another, from feeds, commits, workers and the clock, and has the dispatcher
 * decide. All that the runner knows belongs to it, and it waits for nothing but the next event.
 */
final class Loop implements Hands, Runnable {
    /** After this long, in seconds, a clock that was set is noticed. */
    private static final double LONGEST_WAIT = 1;
    /** How long the runs may take to end and to be recorded when the runner stops, in seconds. */
    private static final double STOPPING = 4;
    /** How many events are taken, and for how long, before the lease and the clock are looked at again. */
    private static final int BATCH = 256;

    private static final long LONGEST_BATCH_NANOS = 10_000_000;

    private final JobLog log;
    private final Site site;
    private final Limits limits;
    private final Events events;
    private final Feeds feeds;
    private final Committer committer;
    private final Presence presence;
    private final WorkerHost host;
    private final Knowledge knowledge;
    private final Standing standing;
    private final Dispatcher dispatcher;
    private final Pool pool;
    /** Completed when everything is read and Python is warm; fails if Python cannot be started. */
    final CompletableFuture<Void> ready = new CompletableFuture<>();

    private boolean warm;
    private double stopAt = Double.POSITIVE_INFINITY;

    Loop(RunnerOptions options, Client client, Events events, Feeds feeds, Presence presence, WorkerHost host) {
        this.log = options.log();
        this.site = site(options);
        this.limits = options.limits();
        this.events = events;
        this.feeds = feeds;
        this.presence = presence;
        this.host = host;
        this.committer = new Committer(client, options, events);
        this.knowledge = new Knowledge(options);
        this.standing = new Standing(client, options, feeds, presence, knowledge);
        this.dispatcher = new Dispatcher(site, this, knowledge.catalog, knowledge.errors, Loop::now);
        this.pool = new Pool(
                new PoolOptions(
                        options.host(),
                        options.port(),
                        options.node(),
                        options.config(),
                        options.maxWorkers(),
                        options.runsPerWorker(),
                        options.idle().toNanos() / 1e9,
                        JavaCommand.ofThisProcess(options.config())),
                host,
                new WorkerModules(knowledge.catalog, options.prefixes().modules()),
                new Workers(dispatcher, log, this::trouble),
                Loop::now);
    }

    private static Site site(RunnerOptions options) {
        Prefixes at = options.prefixes();
        Map<Kind, Site.Roots> roots = new EnumMap<>(Kind.class);
        for (Kind kind : options.kinds()) {
            roots.put(
                    kind,
                    new Site.Roots(
                            kind.entries(at.runs(), options.group(), options.node()),
                            kind.states(at.states(), options.group(), options.node()),
                            kind.states(at.claims(), options.group(), options.node())));
        }
        return new Site(options.node(), options.labels(), at.codes(), at.modules(), roots);
    }

    /** Unix time. */
    static double now() {
        Instant now = Instant.now();
        return now.getEpochSecond() + now.getNano() / 1e9;
    }

    GroupState state() {
        return standing.state();
    }

    @Override
    public void run() {
        pool.start();
        try {
            while (!isOver()) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            trouble("the runner has failed: " + e);
            ready.completeExceptionally(e);
            throw e;
        } finally {
            end();
        }
    }

    /** The workers end before the session does: while there are claims nobody else may run what runs here. */
    private void end() {
        committer.close();
        pool.close();
        host.close();
        presence.close();
        events.close();
    }

    private boolean isOver() {
        return stopAt < Double.POSITIVE_INFINITY && (dispatcher.busy() == 0 || now() >= stopAt);
    }

    private void turn() throws InterruptedException {
        double now = now();
        dispatcher.lease(standing.lease(now, pool));
        dispatcher.open(standing.open(now));
        GroupState changed = standing.changed(now, this::trouble);
        if (changed != null) {
            pool.state(changed);
        }
        double next = Math.min(dispatcher.run(), pool.run());
        next = Math.min(next, standing.publish(now, dispatcher.load()));
        next = Math.min(next, standing.foreignRunners.next(now));
        next = Math.min(next, stopAt);
        Event event = events.next(Math.clamp(next - now(), 0, LONGEST_WAIT));
        long began = System.nanoTime();
        for (int i = 1; event != null; i++) {
            handle(event);
            boolean enough = i >= BATCH || System.nanoTime() - began >= LONGEST_BATCH_NANOS;
            event = enough ? null : events.next(0);
        }
    }

    private void handle(Event event) {
        switch (event) {
            case Event.Changed(Feed feed, var entry) -> knowledge.take(feed, entry, dispatcher, pool);
            case Event.Current _ -> feeds.current(true);
            case Event.CutOff _ -> feeds.current(false);
            case Event.Answered(Ask ask, Ask.Answer answer) -> {
                committer.answered(ask);
                dispatcher.answered(ask, answer);
            }
            case Event.Python(WorkerEvent python) -> python(python);
            case Event.Printed(String line) -> trouble(line);
            case Event.Opened(var session) -> standing.opened(session);
            case Event.ForeignHeartbeat(String topic, Heartbeat heartbeat) ->
                standing.foreignRunners.heard(topic, heartbeat, now());
            case Event.Stop _ -> {
                stopAt = now() + STOPPING;
                dispatcher.close();
            }
            case Event.Nudge _ -> {}
        }
        if (warm && !ready.isDone() && standing.isSettled()) {
            ready.complete(null);
        }
    }

    private void python(WorkerEvent event) {
        if (event instanceof WorkerEvent.Received(var _, FromWorker.Parent(var _, var _, var warning))) {
            if (warning != null && !warm) {
                trouble(warning);
            }
            warm = true;
        } else if (event instanceof WorkerEvent.ParentEnded(String how) && !warm) {
            ready.completeExceptionally(new RunnerException(how));
        }
        pool.accept(event);
    }

    private void trouble(String what) {
        log.log(new JobLog.Line(Instant.now(), "WARNING", "runner", null, what));
    }

    @Override
    public void commit(Ask ask) {
        if (!committer.commit(ask)) {
            say(System.Logger.Level.WARNING, ask.job(), "too much waits for the server: what it told is dropped");
        }
    }

    @Override
    public boolean keepPlace(Language language, boolean alone, boolean outlivesClaim) {
        return pool.keepPlace(language, alone || !limits.isEmpty(), outlivesClaim);
    }

    @Override
    public void freePlace(Language language, boolean alone, boolean outlivesClaim) {
        pool.freePlace(language, alone || !limits.isEmpty(), outlivesClaim);
    }

    @Override
    public void start(Launch launch) {
        pool.start(launch.within(limits));
    }

    @Override
    public void claim(long run, Guard claim) {
        pool.claim(run, claim);
    }

    @Override
    public void cancel(long run, Stop why) {
        pool.cancel(run, why == Stop.CLAIM_LOST);
    }

    @Override
    public void kill(long run) {
        pool.kill(run);
    }

    @Override
    public void say(System.Logger.Level level, JobId job, @Nullable String text) {
        Site.Roots roots = Objects.requireNonNull(site.roots().get(job.kind()));
        Path entry = roots.entries().append(job.path());
        log.log(new JobLog.Line(Instant.now(), level.getName(), job.path().toString(), entry, String.valueOf(text)));
    }
}
