package distkv.runner.worker;

import distkv.model.Value;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a run ended. */
public sealed interface Ended {
    /** It returned. */
    record Done(Value result) implements Ended {}

    /** It failed, as its worker says. */
    record Failed(
            Fault fault,
            @Nullable String type,
            @Nullable String message,
            @Nullable String trace,
            @Nullable Long line,
            Map<String, @Nullable Object> data)
            implements Ended {
        /** It was told to end before it had started. */
        static final Failed CANCELLED = new Failed(Fault.CANCELLED, null, null, null, null, Map.of());
    }

    /**
     * Its worker is gone.
     *
     * @param how how the worker process ended
     * @param deliberate whether the runner killed the worker, because of any of the runs in it
     * @param overdue whether the parent killed the worker because its deadline had passed
     */
    record Died(String how, boolean deliberate, boolean overdue) implements Ended {
        /** The end of a worker whose parent has died. */
        static final String WITH_PARENT = "its parent died";

        public Died(String how, boolean deliberate) {
            this(how, deliberate, false);
        }

        /** Whether it died with the parent of all workers: that is not the fault of any run. */
        public boolean withParent() {
            return how.equals(WITH_PARENT);
        }
    }

    /** The kinds of failure of the worker protocol. */
    enum Fault {
        COMPILE,
        VARS,
        ERROR,
        RECORDED,
        CANCELLED,
        LOST,
        STALLED,
        /** The connection to the server was lost, and the code could not continue without it. */
        INTERRUPTED,
        /** It blocked the event loop that it shared. Its worker is killed; the run is over only then. */
        BLOCKED;

        /** The fault of this name; {@link #ERROR} for a name that only a newer worker knows. */
        public static Fault named(@Nullable Object word) {
            for (Fault fault : values()) {
                if (fault.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return fault;
                }
            }
            return ERROR;
        }
    }
}
