package distkv.model.process;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prints one line for each station of a request or a job, so that it can be followed on its way. Off unless a program calls
 * {@link #writeTo}; a station then costs one check of {@link #isOn}.
 */
public final class Trace {
    /** The environment variable that turns tracing on. */
    public static final String VARIABLE = "DISTKV_TRACE";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

    private static volatile @Nullable Consumer<String> out;

    private Trace() {}

    /** Whether the environment asks for a trace. */
    public static boolean isRequested(Map<String, String> environment) {
        String value = environment.getOrDefault(VARIABLE, "");
        return !value.isEmpty() && !value.equals("0");
    }

    /**
     * Turns tracing on or, with {@code null}, off.
     *
     * @param lines receives each line without its end; called by any thread
     */
    public static void writeTo(@Nullable Consumer<String> lines) {
        out = lines;
    }

    /** Whether tracing is on. To be checked before the arguments of {@link #line} are made. */
    public static boolean isOn() {
        return out != null;
    }

    /**
     * Prints a line.
     *
     * @param kind what is followed, for example {@code request}
     * @param id which one of its kind
     * @param station where it is on its way
     * @param detail may be empty
     */
    public static void line(String kind, String id, String station, String detail) {
        Consumer<String> lines = out;
        if (lines != null) {
            String text = LocalTime.now(ZoneId.systemDefault()).format(TIME) + " " + kind + " " + id + " " + station;
            lines.accept(detail.isEmpty() ? text : text + ": " + detail);
        }
    }
}
