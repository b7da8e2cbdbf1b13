package distkv.runner.worker;

import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a run in its worker. */
public sealed interface RunEvent {
    long run();

    /** The code is compiled, and runs. */
    record Started(long run) implements RunEvent {}

    /**
     * The run uses a stored module.
     *
     * @param version the one that the worker has; 0: there is none of that name; -1: nobody can import it
     * @param failure why it could not be loaded, or {@code null}
     */
    record ModuleUsed(long run, Path module, long version, Ended.@Nullable Failed failure) implements RunEvent {}

    /** The code called {@code setup_done}, with that comment and data. */
    record SetupDone(long run, @Nullable String comment, Map<String, @Nullable Object> data) implements RunEvent {}

    /** The code reports an error, and goes on. */
    record ErrorReported(
            long run,
            @Nullable Path about,
            int severity,
            @Nullable String comment,
            Ended.Failed failure) implements RunEvent {}

    /** The run is over; nothing more comes of it. */
    record Over(long run, Ended how) implements RunEvent {}
}
