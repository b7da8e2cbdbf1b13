package distkv.cli.context;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine. */
public final class HostName {
    private static final Path NAME = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /** Reads the name without a name server, where that is possible. */
    public static String name() {
        try {
            return Files.isReadable(NAME)
                    ? Files.readString(NAME).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }
}
