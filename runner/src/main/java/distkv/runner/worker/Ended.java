package distkv.runner.worker;

import distkv.model.Value;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a run ended. */
public sealed interface Ended {
    /** It returned. */
    record Done(Value result) implements Ended {}

    /** It did not, as its worker says. */
    record Failed(
            Fault fault,
            @Nullable String type,
            @Nullable String message,
            @Nullable String trace,
            @Nullable Long line,
            Map<String, @Nullable Object> data)
            implements Ended {
        /** It was told to end, and had not begun. */
        static final Failed CANCELLED = new Failed(Fault.CANCELLED, null, null, null, null, Map.of());
    }

    /**
     * Its worker is gone.
     *
     * @param deliberate whether the runner killed the worker, for the sake of whatever run in it
     * @param overdue whether the workers' parent killed it, since its deadline had passed
     */
    record Died(String how, boolean deliberate, boolean overdue) implements Ended {
        /** How a worker ended whose parent has died. */
        static final String WITH_PARENT = "its parent died";

        public Died(String how, boolean deliberate) {
            this(how, deliberate, false);
        }

        /** Whether it died with the parent of all workers, which is not the fault of one of its runs. */
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
        /** The connection to the server was lost, and the code could not go on without it. */
        INTERRUPTED,
        /** It blocked the loop that it shared: its worker is killed, and only then is the run over. */
        BLOCKED;

        /** The fault of this name; one that a newer worker has invented is an error like any other. */
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
