package distkv.runner.worker;

import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hears what becomes of runs, on the decision thread. */
public interface PoolListener {
    void started(long run);

    /** A module that the run uses has changed. */
    void outdated(long run);

    void well(long run, Map<String, @Nullable Object> said);

    void error(long run, Ended.Failed failed, @Nullable Path about, int severity, @Nullable String comment);

    void log(Launch launch, String level, String text, double at);

    /** The run is over; nothing more comes of it. */
    void ended(long run, Ended ended);

    /** There is room for more runs. */
    void room();

    /** Something is wrong with the workers as such. */
    void trouble(String what);
}
