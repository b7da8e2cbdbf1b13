package distkv.runner;

import distkv.client.Client;
import distkv.client.LogInException;
import distkv.model.process.VitalThreads;
import distkv.runner.accept.RevisionRecorder;
import distkv.runner.group.GroupState;
import distkv.runner.worker.WorkerHost;
import java.io.IOException;
import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs the jobs of a group that are for this node: any-node, single-node and all-node jobs, as its options say. What it
 * does is decided on one thread, the {@link Loop}; stored code runs in worker processes. When the server does not let its
 * client in any more, as its node was revoked, it ends by itself, and its workers at once.
 */
public final class Runner implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Events events;
    private final Feeds feeds;
    private final ForeignRunnerMonitor foreignRunners;
    private final LiveLog live;
    private final Presence presence;
    private final Loop loop;
    private final Thread thread;

    private Runner(RunnerOptions given, Client client, RevisionRecorder recorder, Events events) {
        live = new LiveLog(client, given);
        JobLog log = given.log();
        RunnerOptions options = given.log(line -> {
            log.log(line);
            live.log(line);
        });
        this.events = events;
        feeds = new Feeds(events, options);
        foreignRunners = new ForeignRunnerMonitor(options, events);
        presence = new Presence(client, options, events);
        WorkerHost host = WorkerHost.open(
                options.python(),
                event -> events.put(new Event.Worker(event)),
                line -> events.offer(new Event.Printed(line)));
        loop = new Loop(options, client, events, feeds, presence, host, recorder);
        thread = VitalThreads.platform("runner " + options.node(), loop);
    }

    /**
     * Starts a runner, and waits until it has read everything and can run code.
     *
     * @param client its connection to the server, for as long as it lives; it opens the client's session
     * @throws RunnerException if it cannot: the message says what is missing
     */
    public static Runner start(RunnerOptions options, Client client) throws InterruptedException {
        Set<String> groups = options.policy().groups();
        if (!groups.isEmpty() && !groups.contains(options.group())) {
            throw new RunnerException("group: " + options.group() + " (expected: one that this node accepts: "
                    + String.join(", ", new TreeSet<>(groups)) + ")");
        }
        Events events = new Events();
        client.listen(new Client.ConnectionListener() {
            @Override
            public void refused(LogInException why) {
                events.put(new Event.Refused(String.valueOf(why.getMessage())));
            }
        });
        Runner runner = new Runner(options, client, recorder(options, events), events);
        runner.thread.start();
        VitalThreads.virtual("runner warm-up", WarmUp::load).start();
        runner.foreignRunners.open(client);
        runner.feeds.open(client);
        runner.presence.open();
        try {
            runner.loop.ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return runner;
        } catch (ExecutionException e) {
            runner.close();
            throw e.getCause() instanceof RunnerException known
                    ? known
                    : new RunnerException("the runner cannot start: " + e.getCause());
        } catch (TimeoutException e) {
            runner.close();
            throw new RunnerException("the runner is not ready after " + PATIENCE_SECONDS
                    + " s (expected: a server that answers, and Python)");
        } catch (InterruptedException e) {
            runner.close();
            throw e;
        }
    }

    private static RevisionRecorder recorder(RunnerOptions options, Events events) {
        try {
            return RevisionRecorder.open(
                    options.policy(),
                    options.limits(),
                    options.labels(),
                    line -> options.log().log(new JobLog.Line(Instant.now(), "WARNING", "runner", null, line)),
                    outcome -> events.put(new Event.Recorded(outcome)));
        } catch (IOException e) {
            throw new RunnerException(String.valueOf(e.getMessage()));
        }
    }

    /** The state of the group as this runner sees it. */
    public GroupState groupState() {
        return loop.state();
    }

    /** The sandbox that the workers are in: {@code landlock}, {@code bubblewrap}, {@code user} or {@code none}. */
    public String sandbox() {
        return loop.sandbox();
    }

    /** Stops: ends all runs, records how they ended, gives up claims and presence, ends the workers. */
    @Override
    public void close() {
        events.put(new Event.Stop());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        foreignRunners.close();
        feeds.close();
        live.close();
    }
}
