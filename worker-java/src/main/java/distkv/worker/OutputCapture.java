package distkv.worker;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What code prints becomes log records, a line each, of the run whose thread, or a thread that it has started, prints.
 * What belongs to no run goes where it always did.
 */
final class OutputCapture {
    private static final InheritableThreadLocal<@Nullable RunLogger> RUN = new InheritableThreadLocal<>();

    private OutputCapture() {}

    /** Has the standard streams of this process sorted by runs. */
    static void install() {
        System.setOut(stream(System.out));
        System.setErr(stream(System.err));
    }

    /** What this thread prints, and those that it starts from now on, belongs to that run. */
    static void belongsTo(RunLogger log) {
        RUN.set(log);
    }

    private static PrintStream stream(PrintStream below) {
        return new PrintStream(new Lines(below), true, StandardCharsets.UTF_8);
    }

    private static final class Lines extends OutputStream {
        /** A longer line is cut in two. */
        private static final int LONGEST = 8_192;

        private final PrintStream below;
        private final ThreadLocal<ByteArrayOutputStream> line = ThreadLocal.withInitial(ByteArrayOutputStream::new);

        Lines(PrintStream below) {
            this.below = below;
        }

        @Override
        public void write(int b) {
            RunLogger run = RUN.get();
            if (run == null) {
                below.write(b);
                return;
            }
            ByteArrayOutputStream begun = line.get();
            if (b != '\n') {
                begun.write(b);
            }
            if (b == '\n' || begun.size() >= LONGEST) {
                run.log(System.Logger.Level.INFO, begun.toString(StandardCharsets.UTF_8));
                begun.reset();
            }
        }
    }
}
