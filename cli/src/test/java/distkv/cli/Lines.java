package distkv.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

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

    /** What is done while nothing comes. */
    public interface Meanwhile {
        void run() throws Exception;
    }

    @Override
    public void close() {
        closed = true;
    }
}
