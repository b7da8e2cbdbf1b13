package distkv.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The lines of an output, whose reader may go away. */
public final class Lines extends OutputStream {
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder line = new StringBuilder();
    private volatile boolean closed;

    @Override
    public void write(int octet) throws IOException {
        if (closed) {
            throw new IOException("nobody reads this any more");
        } else if (octet == '\n') {
            lines.add(line.toString());
            line.setLength(0);
        } else {
            line.append((char) octet);
        }
    }

    /** Waits for a line that contains this, and returns it; does something now and then meanwhile. */
    public String await(String text, Meanwhile meanwhile) throws Exception {
        while (true) {
            String next = lines.poll(500, TimeUnit.MILLISECONDS);
            if (next == null) {
                meanwhile.run();
            } else if (next.contains(text)) {
                return next;
            }
        }
    }

    /** Waits for a line like this for so long. */
    void await(Predicate<String> wanted, Duration patience) throws InterruptedException {
        List<String> others = new ArrayList<>();
        long end = System.nanoTime() + patience.toNanos();
        String next;
        do {
            next = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new IllegalStateException("said were " + others);
            }
            others.add(next);
        } while (!wanted.test(next));
    }

    /** What is done while nothing comes. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    @Override
    public void close() {
        closed = true;
    }
}
