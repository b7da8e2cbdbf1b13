package distkv.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a runner is told about an exception.
 *
 * @param type its class, without the package
 * @param trace the stack trace without frames of this program
 * @param line the line of the procedure that threw it, or that called what threw it
 */
record ExceptionReport(
        String type,
        String message,
        @Nullable String trace,
        @Nullable Integer line) {
    private static final int LONGEST = 32_768;
    private static final List<String> OURS = List.of("distkv.code.", "distkv.worker.");

    /** Describes what a procedure of this class threw. */
    static ExceptionReport of(Throwable thrown, @Nullable Class<?> procedure) {
        Integer line = null;
        for (StackTraceElement frame : thrown.getStackTrace()) {
            if (line == null && procedure != null && belongs(frame, procedure.getName()) && frame.getLineNumber() > 0) {
                line = frame.getLineNumber();
            }
        }
        String message = thrown.getMessage();
        return new ExceptionReport(name(thrown), clean(message == null ? "" : message), trace(thrown), line);
    }

    private static boolean belongs(StackTraceElement frame, String procedure) {
        return frame.getClassName().equals(procedure) || frame.getClassName().startsWith(procedure + "$");
    }

    private static String name(Throwable thrown) {
        String name = thrown.getClass().getName();
        return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
    }

    /** The stack trace without the frames of the code that called the procedure. */
    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        StringBuilder kept = new StringBuilder();
        text.toString()
                .lines()
                .filter(each -> !isOurs(each.strip()))
                .forEach(each -> kept.append(each).append('\n'));
        return clean(kept.toString());
    }

    private static boolean isOurs(String line) {
        return OURS.stream().anyMatch(ours -> line.startsWith("at " + ours))
                || line.contains("java.base/java.lang.VirtualThread.")
                || line.contains("java.base/java.lang.invoke.");
    }

    /** Cuts a text to the length that a runner accepts. */
    static String clean(String text) {
        return text.length() <= LONGEST
                ? text
                : text.substring(0, LONGEST) + "… (" + (text.length() - LONGEST) + " characters more)";
    }
}
