package distkv.runner.worker;

import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hears what becomes of runs, on the decision thread. */
public interface PoolListener {
    void started(long run);

    /**
     * The run uses a stored module.
     *
     * @param version the one that its worker has; 0: there is none of that name; -1: nobody can import it
     * @param failure why it could not be loaded, or {@code null}
     */
    void uses(long run, Path module, long version, Ended.@Nullable Failed failure);

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
