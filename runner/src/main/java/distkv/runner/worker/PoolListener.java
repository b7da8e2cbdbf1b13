package distkv.runner.worker;

import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Is told what becomes of runs. */
public interface PoolListener {
    void started(long run);

    /**
     * The run uses a stored module.
     *
     * @param version the version that its worker has; 0: no module of that name is stored; -1: nobody can import it
     * @param failure why it could not be loaded; {@code null}: it was
     */
    void uses(long run, Path module, long version, Ended.@Nullable Failed failure);

    void well(long run, Map<String, @Nullable Object> said);

    void error(long run, Ended.Failed failed, @Nullable Path about, int severity, @Nullable String comment);

    void log(Launch launch, String level, String text, double at);

    /** The run is over; nothing more is reported about it. */
    void ended(long run, Ended ended);

    /** There is room for more runs. */
    void room();

    /** Something is wrong with the workers in general. */
    void trouble(String what);
}
