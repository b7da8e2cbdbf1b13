package distkv.runner;

import distkv.model.Path;
import distkv.runner.job.Dispatcher;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.runner.worker.PoolListener;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands on what comes from the workers: to the dispatcher what concerns it, to the log what is said. */
final class Workers implements PoolListener {
    private final Dispatcher dispatcher;
    private final JobLog log;
    private final Consumer<String> trouble;

    Workers(Dispatcher dispatcher, JobLog log, Consumer<String> trouble) {
        this.dispatcher = dispatcher;
        this.log = log;
        this.trouble = trouble;
    }

    @Override
    public void started(long run) {
        dispatcher.started(run);
    }

    @Override
    public void uses(long run, Path module, long version, Ended.@Nullable Failed failure) {
        dispatcher.uses(run, module, version, failure);
    }

    @Override
    public void well(long run, Map<String, @Nullable Object> said) {
        dispatcher.well(run, said);
    }

    @Override
    public void error(long run, Ended.Failed failed, @Nullable Path about, int severity, @Nullable String comment) {
        dispatcher.error(run, failed, about, severity, comment);
    }

    @Override
    public void log(Launch launch, String level, String text, double at) {
        Instant time = Instant.ofEpochSecond((long) at, (long) ((at - (long) at) * 1e9));
        log.log(new JobLog.Line(time, level, launch.log(), launch.job(), text));
    }

    @Override
    public void ended(long run, Ended ended) {
        dispatcher.ended(run, ended);
    }

    @Override
    public void room() {
        dispatcher.uncrowd();
    }

    @Override
    public void trouble(String what) {
        trouble.accept(what);
    }
}
