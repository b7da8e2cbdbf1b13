package distkv.runner;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What this machine, or this container, has. */
final class Machine {
    private static final double GIB = 1 << 30;
    private static final double LEAST = 0.1;

    private Machine() {}

    /** How much it can bear: the number of its cores, or of its GiB of memory, whichever is less. */
    static double capacity() {
        double cores = Runtime.getRuntime().availableProcessors();
        double memory = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                ? machine.getTotalMemorySize() / GIB
                : cores;
        return Math.max(LEAST, Math.round(Math.min(cores, memory) * 10) / 10.0);
    }
}
