package distkv.worker;

import distkv.client.Client;
import distkv.client.WatchOptions;
import distkv.code.Context;
import distkv.code.ErrorRecorded;
import distkv.code.Messages;
import distkv.code.Subscription;
import distkv.code.Task;
import distkv.code.Timer;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.protocol.Values;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** The {@link Context} of a job that runs here. */
final class JobContext implements Context {
    private static final WatchOptions ENTRY = WatchOptions.FETCH.at(Depths.ROOT);

    private final JavaRun run;
    private final Client client;
    private final ScheduledExecutorService clock;
    private final Readiness readiness;

    JobContext(JavaRun run, Client client, ScheduledExecutorService clock) {
        this.run = run;
        this.client = client;
        this.clock = clock;
        this.readiness = new Readiness(run.messages());
    }

    @Override
    public Messages messages() {
        return run.messages();
    }

    @Override
    public Subscription watch(Path path) throws InterruptedException {
        return watch(path, ENTRY);
    }

    @Override
    public Subscription watch(Path path, WatchOptions options) throws InterruptedException {
        JobSubscription subscription = new JobSubscription(path, run.messages());
        readiness.opened(subscription);
        subscription.by(run.spawn("watch " + path, () -> subscription.watch(client, options, readiness)));
        subscription.awaitBegun(client);
        return subscription;
    }

    @Override
    public Subscription monitor(Path topic) throws InterruptedException {
        JobSubscription subscription = new JobSubscription(topic, run.messages());
        subscription.by(run.spawn("monitor " + topic, () -> subscription.monitor(client, levels(topic))));
        subscription.awaitBegun(client);
        return subscription;
    }

    private static List<String> levels(Path topic) {
        return topic.elements().stream().map(String::valueOf).toList();
    }

    @Override
    public Timer timer(Duration delay) {
        JobTimer timer = new JobTimer(run.messages(), clock);
        run.own(timer);
        timer.run(delay);
        return timer;
    }

    @Override
    public Task spawn(String name, Callable<?> work) {
        return run.spawn(name, work);
    }

    @Override
    public void cancel() {
        run.cancelItself();
    }

    @Override
    public void setupDone(@Nullable String comment, Map<String, ?> data) throws InterruptedException {
        run.setUp(comment, data);
    }

    @Override
    public ErrorRecorded error(String message, Map<String, ?> data) {
        run.error(message, data);
        return new ErrorRecorded(message);
    }

    @Override
    public @Nullable Object get(Path path) throws InterruptedException {
        Entry entry = client.get(path);
        return entry == null || entry.value() == null ? null : Values.decode(entry.value());
    }

    @Override
    public long set(Path path, @Nullable Object value) throws InterruptedException {
        return client.set(path, Values.encode(value));
    }

    @Override
    public long delete(Path path) throws InterruptedException {
        return client.delete(path);
    }

    @Override
    public void send(Path topic, @Nullable Object value) throws InterruptedException {
        client.send(levels(topic), Values.encode(value));
    }

    @Override
    public Client client() {
        return client;
    }

    @Override
    public long fence() {
        Guard claim = run.claim();
        return claim == null ? 0 : claim.tick();
    }

    @Override
    public Map<String, @Nullable Object> vars() {
        return run.spec().globals();
    }

    @Override
    public String secret(String name) {
        return run.spec().secrets().get(name);
    }

    @Override
    public Map<String, @Nullable Object> config() {
        return run.environment().config();
    }

    @Override
    public String node() {
        return run.environment().node();
    }

    @Override
    public Path job() {
        return run.spec().job();
    }

    @Override
    public System.Logger log() {
        return run.log();
    }
}
