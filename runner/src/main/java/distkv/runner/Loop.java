package distkv.runner;

import distkv.client.Client;
import distkv.model.Path;
import distkv.model.process.VitalThreads;
import distkv.runner.accept.RevisionRecorder;
import distkv.runner.group.GroupState;
import distkv.runner.group.Heartbeat;
import distkv.runner.lifecycle.Effect;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.lifecycle.Lifecycle;
import distkv.runner.lifecycle.Lifecycle.Places;
import distkv.runner.lifecycle.Site;
import distkv.runner.outbox.Outbox;
import distkv.runner.worker.FromWorker;
import distkv.runner.worker.JavaCommand;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Place;
import distkv.runner.worker.Pool;
import distkv.runner.worker.PoolListener;
import distkv.runner.worker.PoolOptions;
import distkv.runner.worker.RunEvent;
import distkv.runner.worker.WorkerEvent;
import distkv.runner.worker.WorkerHost;
import distkv.runner.worker.WorkerModules;
import distkv.schema.Prefixes;
import distkv.schema.code.CodeId;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import distkv.schema.job.Stop;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The decision thread: takes one event after another, from feeds, commits, workers and the clock, has the
 * {@link Lifecycle} decide, and carries out what it has decided. All that the runner knows belongs to this thread, and it
 * waits for nothing but the next event.
 */
final class Loop implements Runnable {
    /** After this long, in seconds, a clock that was set is noticed. */
    private static final double LONGEST_WAIT = 1;
    /** How long the runs may take to end and to be recorded when the runner stops, in seconds. */
    private static final double STOPPING = 4;
    /** How many events are taken, and for how long, before the lease and the clock are looked at again. */
    private static final int BATCH = 256;

    /** How many reports of running jobs may wait for the server. A full outbox drops further ones, and says so. */
    private static final int WAITING_REPORTS = 1_000;

    private static final long LONGEST_BATCH_NANOS = 10_000_000;

    private final JobLog log;
    private final Site site;
    private final Limits limits;
    private final Events events;
    private final Feeds feeds;
    private final Outbox outbox = new Outbox(() -> WAITING_REPORTS);
    private final Committer committer;
    private final Presence presence;
    private final WorkerHost host;
    private final ChangeRouter changes;
    private final RunnerSession session;
    private final Lifecycle lifecycle;
    private final Pool pool;
    private final RevisionRecorder recorder;
    private final JobTrace trace;
    /** Completed when everything is read and Python is warm; fails if Python cannot be started. */
    final CompletableFuture<Void> ready = new CompletableFuture<>();

    private boolean warm;
    private volatile String sandbox = "none";
    private double stopAt = Double.POSITIVE_INFINITY;

    Loop(
            RunnerOptions options,
            Client client,
            Events events,
            Feeds feeds,
            Presence presence,
            WorkerHost host,
            RevisionRecorder recorder) {
        this.log = options.log();
        this.site = site(options);
        this.trace = new JobTrace(site);
        this.limits = options.limits();
        this.events = events;
        this.feeds = feeds;
        this.presence = presence;
        this.host = host;
        this.committer = new Committer(client, options, events);
        this.recorder = recorder;
        this.changes = new ChangeRouter(options, recorder.gate());
        this.session = new RunnerSession(client, options, feeds, presence, changes);
        this.lifecycle =
                new Lifecycle(site, new WorkerPlaces(), changes.catalog, changes.errors, recorder.gate(), Loop::now);
        this.pool = new Pool(
                new PoolOptions(
                        options.host(),
                        options.port(),
                        options.node(),
                        options.policy().tell(options.config()),
                        options.maxWorkers(),
                        options.runsPerWorker(),
                        options.idle().toNanos() / 1e9,
                        JavaCommand.ofThisProcess(options.config()),
                        options.secrets(),
                        options.limits().isOffline()),
                host,
                new WorkerModules(changes.catalog, options.prefixes().modules(), recorder.gate()::moduleRefusal),
                new Listener(),
                session::token,
                Loop::now);
    }

    static Site site(RunnerOptions options) {
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
        return session.state();
    }

    /** The sandbox that workers are in, once the runner is ready. */
    String sandbox() {
        return sandbox;
    }

    @Override
    public void run() {
        try {
            pool.start();
            while (!isOver()) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            ready.completeExceptionally(e);
            // First, for it ends the process if that is the runner's own: nothing below has to work any more.
            VitalThreads.report(e);
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
        return stopAt < Double.POSITIVE_INFINITY && (lifecycle.busy() == 0 || now() >= stopAt);
    }

    private void turn() throws InterruptedException {
        double now = now();
        decide(new JobEvent.LeaseChanged(session.lease(now, pool)));
        double next = recorder.run(now);
        decide(new JobEvent.OpenChanged(session.open(now) && !recorder.gate().isRecording()));
        GroupState changed = session.changed(now, this::trouble);
        if (changed != null) {
            pool.state(changed);
        }
        decide(new JobEvent.TimerFired());
        outbox.takeNotes().forEach(committer::make);
        next = Math.min(next, Math.min(lifecycle.next(), pool.run()));
        next = Math.min(
                next,
                session.publish(now, lifecycle.load(), lifecycle.refusals().told()));
        next = Math.min(next, session.foreignRunners.next(now));
        next = Math.min(next, stopAt);
        Event event = events.next(Math.clamp(next - now(), 0, LONGEST_WAIT));
        long began = System.nanoTime();
        for (int i = 1; event != null; i++) {
            handle(event);
            boolean enough = i >= BATCH || System.nanoTime() - began >= LONGEST_BATCH_NANOS;
            event = enough ? null : events.next(0);
        }
        outbox.takeNotes().forEach(committer::make);
    }

    private void handle(Event event) {
        switch (event) {
            case Event.Changed(Feed feed, var entry) -> {
                List<JobEvent> all = changes.take(feed, entry);
                if (recorder.gate().isRecording()) {
                    decide(new JobEvent.OpenChanged(false));
                }
                all.forEach(this::changed);
            }
            case Event.Recorded(var outcome) -> {
                if (outcome.trouble() != null) {
                    trouble(outcome.trouble());
                }
                recorder.done(outcome, now()).forEach(piece -> changed(new JobEvent.CodeChanged(piece)));
            }
            case Event.Current _ -> feeds.current(true);
            case Event.CutOff _ -> feeds.current(false);
            case Event.Committed(JobEvent.Committed committed) -> {
                outbox.answered(committed.request());
                decide(committed);
            }
            case Event.Worker(WorkerEvent told) -> told(told);
            case Event.Printed(String line) -> trouble(line);
            case Event.Opened(var opened) -> session.opened(opened);
            case Event.ForeignHeartbeat(String topic, Heartbeat heartbeat) ->
                session.foreignRunners.heard(topic, heartbeat, now());
            case Event.Refused(String why) -> refused(why);
            case Event.Stop _ -> {
                stopAt = now() + STOPPING;
                decide(new JobEvent.Stopping());
            }
            case Event.Nudge _ -> {}
        }
        if (warm && !ready.isDone() && session.isSettled()) {
            ready.complete(null);
        }
    }

    /** Others have the jobs of this node, or soon will, and nothing that runs here is written any more. */
    private void refused(String why) {
        int count = lifecycle.busy();
        trouble("the server does not let this node in any more: " + why
                + switch (count) {
                    case 0 -> "";
                    case 1 -> "; its only job is ended at once";
                    default -> "; its " + count + " jobs are ended at once";
                });
        ready.completeExceptionally(new RunnerException(why));
        pool.close();
        stopAt = now();
    }

    private void changed(JobEvent news) {
        if (news instanceof JobEvent.CodeChanged(CodeId(CodeId.Sort sort, Path path)) && sort == CodeId.Sort.MODULE) {
            // The workers first: what starts because of this change must not meet the old module in one of them.
            pool.moduleChanged(path);
        }
        decide(news);
    }

    /** What a run says of itself concerns its job; everything else concerns the workers. */
    private void told(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Received(var connection, FromWorker.OfRun(RunEvent news)) -> {
                if (news instanceof RunEvent.ModuleUsed used) {
                    pool.moduleUsed(connection, used);
                }
                decide(new JobEvent.RunChanged(news));
            }
            case WorkerEvent.Received(var _, FromWorker.Parent(var _, var _, var warning, var named)) -> {
                if (warning != null && !warm) {
                    warning.lines().forEach(this::trouble);
                }
                warm = true;
                sandbox = named;
                presence.sandbox(named);
                pool.accept(event);
            }
            case WorkerEvent.ParentEnded(String how) -> {
                if (!warm) {
                    ready.completeExceptionally(new RunnerException(how));
                }
                pool.accept(event);
            }
            default -> pool.accept(event);
        }
    }

    private void trouble(String what) {
        log.log(new JobLog.Line(Instant.now(), "WARNING", "runner", null, what));
    }

    private void decide(JobEvent event) {
        trace.event(event);
        lifecycle.handle(event).forEach(this::carryOut);
        outbox.takeReady().forEach(committer::make);
    }

    /** The one place where something is done about jobs. Nothing here waits. */
    private void carryOut(Effect effect) {
        trace.effect(effect);
        switch (effect) {
            case Effect.Commit(var request) -> {
                if (!outbox.add(request)) {
                    say(
                            System.Logger.Level.WARNING,
                            request.job(),
                            "too much waits for the server: what it told is dropped");
                }
            }
            case Effect.Start(Launch launch) -> pool.start(launch.within(limits));
            case Effect.TakeOver(long run, var claim) -> pool.claim(run, claim);
            case Effect.Cancel(long run, Stop why) -> pool.cancel(run, why == Stop.CLAIM_LOST);
            case Effect.Kill(long run) -> pool.kill(run);
            case Effect.Log(var level, JobId job, String text) -> say(level, job, text);
        }
    }

    private void say(System.Logger.Level level, JobId job, String text) {
        log.log(new JobLog.Line(Instant.now(), level.getName(), job.path().toString(), site.entry(job), text));
    }

    /** The places of the pool; a run is alone in its worker if the node limits what its runs may use. */
    private final class WorkerPlaces implements Places {
        @Override
        public boolean keep(Place place) {
            return pool.keepPlace(place.within(limits));
        }

        @Override
        public void free(Place place) {
            pool.freePlace(place.within(limits));
        }
    }

    /** What the pool tells concerns jobs, the log, or the runner as such. */
    private final class Listener implements PoolListener {
        @Override
        public void changed(RunEvent event) {
            decide(new JobEvent.RunChanged(event));
        }

        @Override
        public void log(Launch launch, String level, String text, double at) {
            Instant time = Instant.ofEpochSecond((long) at, (long) ((at - (long) at) * 1e9));
            log.log(new JobLog.Line(time, level, launch.log(), launch.job(), text));
        }

        @Override
        public void roomMade() {
            decide(new JobEvent.RoomMade());
        }

        @Override
        public void trouble(String what) {
            Loop.this.trouble(what);
        }
    }
}
