package distkv.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CLOCK_BOOTTIME, which goes on while the machine is suspended; Java has no name for it. */
final class BootClock {
    private static final Path UPTIME = Path.of("/proc/uptime");

    /** By how much two clocks may drift apart until this one is read again, in seconds. */
    private static final double DRIFT = 0.01;

    /** How far the wall clock was ahead of nanoTime when this one was read: it is again, unless the machine sleeps. */
    private double drift = Double.NaN;
    /** How far this one was. */
    private double ahead = Double.NaN;

    /** Seconds since the machine was started; not a number where there is no such clock. */
    double now() {
        double running = System.nanoTime() / 1e9;
        double wall = System.currentTimeMillis() / 1e3 - running;
        if (!(Math.abs(wall - drift) < DRIFT)) {
            drift = wall;
            // Read first: what passes in between makes deadlines early rather than late.
            double read = read();
            ahead = read - System.nanoTime() / 1e9;
        }
        return System.nanoTime() / 1e9 + ahead;
    }

    private static double read() {
        try {
            String text = Files.readString(UPTIME);
            return Double.parseDouble(text.substring(0, text.indexOf(' ')));
        } catch (IOException | RuntimeException e) {
            return Double.NaN;
        }
    }
}
