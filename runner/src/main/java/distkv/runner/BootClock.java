package distkv.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CLOCK_BOOTTIME, which goes on while the machine is suspended; Java has no name for it. */
final class BootClock {
    private static final Path UPTIME = Path.of("/proc/uptime");

    private BootClock() {}

    /** Seconds since the machine was started; not a number where there is no such clock. */
    static double now() {
        try {
            String text = Files.readString(UPTIME);
            return Double.parseDouble(text.substring(0, text.indexOf(' ')));
        } catch (IOException | RuntimeException e) {
            return Double.NaN;
        }
    }
}
