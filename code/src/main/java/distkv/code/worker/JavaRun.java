package distkv.code.worker;

import distkv.client.Client;
import distkv.client.ConflictException;
import distkv.client.Fence;
import distkv.code.CancelledException;
import distkv.code.LostException;
import distkv.code.Message;
import distkv.code.MissingVariablesException;
import distkv.code.NotYetException;
import distkv.code.compile.Procedure;
import distkv.model.Guard;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run: a virtual thread that executes the procedure, whatever that has started, and its end. Any thread may use it. */
final class JavaRun implements Fence {
    /** How long code that gets {@link LostException} may go on before it is interrupted. */
    private static final long LOST_GRACE_MILLIS = 100;

    private final Spec spec;
    private final Site site;
    private final RunnerLink runner;
    private final ScheduledExecutorService clock;
    private final Inbox inbox;
    private final RunLog log;
    private final Ending ending;
    private final Thread thread;
    /** Written by the run's own thread only, as is the next, which comes first. */
    private volatile @Nullable Client server;

    private volatile long losses;
    // What follows is guarded by this object's monitor.
    private final Set<JobTask> tasks = new HashSet<>();
    private final Set<JobTimer> timers = new HashSet<>();
    private @Nullable Guard claim;
    private @Nullable ScheduledFuture<?> grace;
    private boolean begun;
    private boolean over;

    /**
     * Makes one that does not run yet.
     *
     * @param compile makes the procedure
     * @param ended is told at the very end
     */
    JavaRun(
            Spec spec,
            Site site,
            RunnerLink runner,
            ScheduledExecutorService clock,
            Callable<Procedure> compile,
            Runnable ended) {
        this.spec = spec;
        this.site = site;
        this.runner = runner;
        this.clock = clock;
        this.claim = spec.claim();
        this.inbox = new Inbox(spec.idle());
        this.log = new RunLog(runner, spec.run(), spec.log(), site.level());
        this.ending = new Ending(spec, runner, this::lostServer);
        inbox.put(new Message.Ready(0));
        thread = Thread.ofVirtual().name(spec.log()).unstarted(() -> {
            execute(compile);
            ended.run();
        });
    }

    void start() {
        thread.start();
    }

    private void execute(Callable<Procedure> compile) {
        Printing.belongsTo(log);
        Object result = null;
        Throwable thrown = null;
        try {
            Procedure procedure = compile.call();
            List<String> missing = procedure.missing(spec.globals().keySet());
            if (!missing.isEmpty()) {
                throw new MissingVariablesException(procedure.name(), missing);
            }
            begin(procedure);
            Client client = site.clientOfRun();
            connectedTo(client);
            JobContext self = new JobContext(this, client.fenced(this), clock);
            result = procedure.run(self, spec.globals());
        } catch (Throwable e) {
            thrown = e;
        }
        end();
        log.close();
        ending.report(result, thrown);
    }

    private void connectedTo(Client client) {
        losses = client.losses();
        server = client;
    }

    /** Whether the connection to the server was lost since the code began. */
    private boolean lostServer() {
        Client connected = server;
        return connected != null && connected.losses() > losses;
    }

    private synchronized void begin(Procedure procedure) {
        if (ending.isCancelled()) {
            throw new CancelledException();
        }
        begun = true;
        ending.began(procedure);
        runner.report("started", "run", spec.run());
    }

    /** Ends what the code has started, and waits for that; should it never come, the runner ends this process. */
    private void end() {
        for (JobTimer timer : closed()) {
            timer.end();
        }
        for (JobTask task = oneTask(); task != null; task = oneTask()) {
            task.cancel();
            try {
                task.join();
            } catch (InterruptedException e) {
                // Told to end, which is what we do: the task is asked again.
            }
        }
    }

    private synchronized Set<JobTimer> closed() {
        over = true;
        if (grace != null) {
            grace.cancel(false);
        }
        return Set.copyOf(timers);
    }

    private synchronized @Nullable JobTask oneTask() {
        return tasks.isEmpty() ? null : tasks.iterator().next();
    }

    /** Ends it, since the runner says so. */
    void cancel() {
        ending.cancelled();
        interrupt();
    }

    /** Ends it as a success without a result. */
    void cancelItself() {
        ending.cancelledItself();
        interrupt();
    }

    private synchronized void interrupt() {
        if (begun && !over) {
            thread.interrupt();
        }
    }

    /** Its claim is gone. It hears of that where it writes or reads messages, and is interrupted if that does not end it. */
    synchronized void lose() {
        if (ending.lost()) {
            inbox.fail(new LostException("its claim is gone", null));
            grace = clock.schedule(this::interrupt, LOST_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public synchronized List<Guard> guards() {
        return claim == null ? List.of() : List.of(claim);
    }

    @Override
    public RuntimeException refused(ConflictException why) {
        Guard first = spec.claim();
        if (first != null && first.standby() && first.path().equals(why.path())) {
            // It was sent while on standby, whatever has come since.
            return new NotYetException("the run that this one takes over from has not ended", why);
        }
        Guard now = claim();
        if (now == null || !now.path().equals(why.path())) {
            return why;
        }
        lose();
        return new LostException("its claim is gone: " + why.getMessage(), why);
    }

    synchronized @Nullable Guard claim() {
        return claim;
    }

    /** It is on standby no longer. */
    synchronized void claim(Guard newClaim) {
        claim = newClaim;
        notifyAll();
    }

    /** Tells the runner that the code has started up; on standby, waits until the claim is its own. */
    void setUp(@Nullable String comment, Map<String, ?> data) throws InterruptedException {
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        said.put("comment", comment);
        said.put("data", data);
        runner.report("setup", "run", spec.run(), "data", said);
        synchronized (this) {
            while (claim != null && claim.standby()) {
                wait();
            }
        }
    }

    void error(String message, Map<String, ?> data) {
        runner.report(
                "error",
                "run",
                spec.run(),
                "path",
                null,
                "type",
                null,
                "message",
                Failure.clean(message),
                "trace",
                null,
                "severity",
                0,
                "comment",
                null,
                "data",
                data);
    }

    /** Starts a task that ends with the run; if it throws, so does the run. */
    JobTask spawn(String name, Callable<?> work) {
        JobTask task = JobTask.of(name, work, this::taskFailed, this::taskEnded);
        synchronized (this) {
            if (over) {
                throw new CancelledException();
            }
            tasks.add(task);
        }
        task.start();
        return task;
    }

    private void taskFailed(Throwable why) {
        ending.taskFailed(why);
        interrupt();
    }

    private synchronized void taskEnded(JobTask task) {
        tasks.remove(task);
    }

    /** The timer ends with the run. */
    synchronized void own(JobTimer timer) {
        timers.add(timer);
    }

    Spec spec() {
        return spec;
    }

    Site site() {
        return site;
    }

    Inbox inbox() {
        return inbox;
    }

    RunLog log() {
        return log;
    }
}
