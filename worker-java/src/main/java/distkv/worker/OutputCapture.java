package distkv.worker;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Turns what code prints into log records, one for each line, of the run whose thread prints, or started the thread
 * that prints. Output that belongs to no run goes to the original streams.
 */
final class OutputCapture {
    private static final InheritableThreadLocal<@Nullable RunLogger> RUN = new InheritableThreadLocal<>();

    private OutputCapture() {}

    /** Replaces the standard streams of this process. */
    static void install() {
        System.setOut(stream(System.out));
        System.setErr(stream(System.err));
    }

    /** Assigns the output of this thread, and of all threads that it starts from now on, to a run. */
    static void belongsTo(RunLogger log) {
        RUN.set(log);
    }

    private static PrintStream stream(PrintStream below) {
        return new PrintStream(new Lines(below), true, StandardCharsets.UTF_8);
    }

    private static final class Lines extends OutputStream {
        /** A longer line is split. */
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
