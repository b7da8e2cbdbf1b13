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
        public static final Failed CANCELLED = new Failed(Fault.CANCELLED, null, null, null, null, Map.of());

        /** What happened, in one line; {@code null} if {@link #exception} says it all. The worker names procedure and line. */
        public @Nullable String description() {
            return switch (fault) {
                case COMPILE -> "Does not compile: " + message;
                case VARS, STALLED, INTERRUPTED, BLOCKED -> message;
                case CANCELLED -> "Cancelled, but not by the runner";
                case ERROR, RECORDED, LOST -> type == null ? message : null;
            };
        }

        /** The exception as Python shows it; {@code null}: there was none. */
        public @Nullable String exception() {
            if (type == null) {
                return null;
            }
            String text = message == null ? "" : message;
            char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
            StringBuilder shown = new StringBuilder(type).append('(');
            if (!text.isEmpty()) {
                String escaped = text.replace("\\", "\\\\").replace("\n", "\\n");
                shown.append(quote)
                        .append(quote == '\'' ? escaped.replace("'", "\\'") : escaped)
                        .append(quote);
            }
            return shown.append(')').toString();
        }

        /** A line for the operator. */
        public String summary(@Nullable String comment) {
            String what = exception();
            String where = line == null ? "" : " (line " + line + ")";
            String text = what == null ? String.valueOf(message) : what;
            return (comment == null ? text : comment + ": " + text) + where;
        }
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
