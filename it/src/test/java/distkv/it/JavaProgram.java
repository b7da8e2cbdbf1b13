package distkv.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small virtual machine for a program of these tests, or of the project, as a process of its own. */
final class JavaProgram {
    private JavaProgram() {}

    /** The command line that starts it. */
    static List<String> command(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                mainClass));
        command.addAll(arguments);
        return command;
    }
}
