package distkv.worker;

import distkv.client.Client;
import distkv.client.ConflictException;
import distkv.code.CancelledException;
import distkv.code.LostException;
import distkv.code.Message;
import distkv.code.MissingVariablesException;
import distkv.code.NotYetException;
import distkv.code.compile.CompiledProcedure;
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

/**
 * One run: the virtual thread that executes the procedure, everything the procedure has started, and how the run ends.
 */
final class JavaRun implements Client.Fence {
    /** How long code may continue after a {@link LostException} before it is interrupted. */
    private static final long LOST_GRACE_MILLIS = 100;

    private final RunSpec spec;
    private final WorkerEnvironment environment;
    private final RunnerConnection runner;
    private final ScheduledExecutorService clock;
    private final MessageQueue messages;
    private final RunLogger log;
    private final RunCompletion completion;
    private final Thread thread;
    /** Written by the run's own thread only, after {@code losses}. */
    private volatile @Nullable Client server;

    private volatile long losses;
    // The fields below are guarded by this object's monitor.
    private final Set<JobTask> tasks = new HashSet<>();
    private final Set<JobTimer> timers = new HashSet<>();
    private @Nullable Guard claim;
    private @Nullable String token;
    private @Nullable ScheduledFuture<?> grace;
    private boolean begun;
    private boolean over;

    /**
     * Prepares a run; {@link #start} starts it.
     *
     * @param compile returns the compiled procedure
     * @param ended is called last, once the run is over
     */
    JavaRun(
            RunSpec spec,
            WorkerEnvironment environment,
            RunnerConnection runner,
            ScheduledExecutorService clock,
            Callable<CompiledProcedure> compile,
            Runnable ended) {
        this.spec = spec;
        this.environment = environment;
        this.runner = runner;
        this.clock = clock;
        this.claim = spec.claim();
        this.messages = new MessageQueue(spec.idle());
        this.log = new RunLogger(runner, spec.run(), spec.log(), environment.level());
        this.completion = new RunCompletion(spec, runner, this::lostServer);
        messages.put(new Message.Ready(0));
        thread = Thread.ofVirtual().name(spec.log()).unstarted(() -> {
            execute(compile);
            ended.run();
        });
    }

    void start() {
        thread.start();
    }

    private void execute(Callable<CompiledProcedure> compile) {
        OutputCapture.belongsTo(log);
        Object result = null;
        Throwable thrown = null;
        try {
            CompiledProcedure procedure = compile.call();
            List<String> missing = procedure.missing(spec.globals().keySet());
            if (!missing.isEmpty()) {
                throw new MissingVariablesException(procedure.name(), missing);
            }
            begin(procedure);
            logIn(spec.token());
            Client client = environment.clientOfRun();
            connectedTo(client);
            JobContext self = new JobContext(this, client.fenced(this), clock);
            result = procedure.run(self, spec.globals());
        } catch (Throwable e) {
            thrown = e;
        }
        end();
        logOut();
        log.close();
        completion.report(result, thrown);
    }

    /** Logs in at the server as this run from now on; {@code null}: as nobody. */
    private synchronized void logIn(@Nullable String newToken) {
        logOut();
        token = newToken;
        if (newToken == null) {
            environment.runs().addNobody();
        } else {
            environment.runs().add(newToken, why -> lose());
        }
    }

    private synchronized void logOut() {
        if (token != null) {
            environment.runs().remove(token);
            token = null;
        }
    }

    private void connectedTo(Client client) {
        losses = client.losses();
        server = client;
    }

    /** Whether the connection to the server was lost since the code started. */
    private boolean lostServer() {
        Client connected = server;
        return connected != null && connected.losses() > losses;
    }

    private synchronized void begin(CompiledProcedure procedure) {
        if (completion.isCancelled()) {
            throw new CancelledException();
        }
        begun = true;
        completion.began(procedure);
        runner.report("started", "run", spec.run());
    }

    /** Ends everything the code has started, and waits for it. If a task never ends, the runner ends this process. */
    private void end() {
        for (JobTimer timer : closed()) {
            timer.end();
        }
        for (JobTask task = oneTask(); task != null; task = oneTask()) {
            task.cancel();
            try {
                task.join();
            } catch (InterruptedException e) {
                // The run was told to end, which it is doing: the loop asks the task again.
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

    /** Cancels the run at the runner's request. */
    void cancel() {
        completion.cancelled();
        interrupt();
    }

    /** Cancels the run at the code's own request: it succeeds without a result. */
    void cancelItself() {
        completion.cancelledItself();
        interrupt();
    }

    private synchronized void interrupt() {
        if (begun && !over) {
            thread.interrupt();
        }
    }

    /**
     * The run has lost its claim. Writing or taking messages throws {@link LostException}; code that does neither is
     * interrupted.
     */
    synchronized void lose() {
        if (completion.lost()) {
            messages.fail(new LostException("its claim is gone", null));
            grace = clock.schedule(this::interrupt, LOST_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public long cause() {
        return EventCause.get();
    }

    @Override
    public synchronized List<Guard> guards() {
        return claim == null ? List.of() : List.of(claim);
    }

    @Override
    public RuntimeException refused(ConflictException why) {
        Guard first = spec.claim();
        if (first != null && first.standby() && first.path().equals(why.path())) {
            // The write was sent while the run was on standby, even if it has taken over since.
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

    /** The run has taken over: it is no longer on standby, and logs in with another token. */
    synchronized void claim(Guard newClaim, @Nullable String newToken) {
        if (!over) {
            logIn(newToken);
        }
        claim = newClaim;
        notifyAll();
    }

    /** Tells the runner that the code is set up. On standby, waits until the run has taken over. */
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
                ExceptionReport.clean(message),
                "trace",
                null,
                "severity",
                0,
                "comment",
                null,
                "data",
                data);
    }

    /** Starts a task that ends with the run. If the task throws, the run fails. */
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
        completion.taskFailed(why);
        interrupt();
    }

    private synchronized void taskEnded(JobTask task) {
        tasks.remove(task);
    }

    /** Ends this timer with the run. */
    synchronized void own(JobTimer timer) {
        timers.add(timer);
    }

    RunSpec spec() {
        return spec;
    }

    WorkerEnvironment environment() {
        return environment;
    }

    MessageQueue messages() {
        return messages;
    }

    RunLogger log() {
        return log;
    }
}
