package distkv.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that we run on. */
final class Machine {
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

    private Machine() {}

    /** Its name. Asked for in a way that cannot wait for a name server where that is possible. */
    static String name() {
        try {
            return Files.isReadable(NAME)
                    ? Files.readString(NAME).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
