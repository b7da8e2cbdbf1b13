package distkv.cli.node;

import distkv.cli.input.FailedException;
import distkv.cli.input.TextFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The machine's systemd, or that of a user.
 *
 * @param directory where its units are
 * @param user whether it is a user's
 * @param live whether it is told of changes; else only files are written
 */
record Systemd(Path directory, boolean user, boolean live) {
    private static final Path RUNNING = Path.of("/run/systemd/system");

    /**
     * Refuses where there is no systemd, or no right to change it.
     *
     * @param instead a hint for where there is none
     */
    void check(String instead) {
        if (!live) {
            return;
        }
        if (!Files.isDirectory(RUNNING)) {
            throw new FailedException("systemd does not run here (expected: a machine that was started by it)")
                    .withHint(instead);
        } else if (!user && !Files.isWritable(directory)) {
            throw new FailedException(directory + " cannot be written (expected: to be root)")
                    .withHint("run it with sudo, or with --user for a systemd of your own");
        }
    }

    Path file(String unit) {
        return directory.resolve(unit);
    }

    /** Writes a unit's file; false if the file is unchanged. */
    boolean write(SystemdUnit unit) {
        Path file = file(unit.name());
        try {
            if (Files.exists(file) && Files.readString(file).equals(unit.text())) {
                return false;
            }
            Files.createDirectories(directory);
            Files.writeString(file, unit.text());
            return true;
        } catch (IOException e) {
            throw new FailedException(file + " cannot be written: " + TextFile.reason(e), e);
        }
    }

    /** Removes a unit's file; false if there is none. */
    boolean remove(String unit) {
        try {
            return Files.deleteIfExists(file(unit));
        } catch (IOException e) {
            throw new FailedException(file(unit) + " cannot be removed: " + TextFile.reason(e), e);
        }
    }

    /** Runs {@code systemctl WORDS…}; its output is the error if it fails. Does nothing if only files are written. */
    void control(String... words) throws InterruptedException {
        if (live) {
            List<String> command = new ArrayList<>(List.of("systemctl"));
            if (user) {
                command.add("--user");
            }
            command.addAll(List.of(words));
            run(command);
        }
    }

    /** Lets a user's services run without that user being logged in. */
    void linger() throws InterruptedException {
        if (live && user) {
            run(List.of("loginctl", "enable-linger"));
        }
    }

    private static void run(List<String> command) throws InterruptedException {
        String text = String.join(" ", command);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new FailedException(text + " failed: " + said.strip());
            }
        } catch (IOException e) {
            throw new FailedException(text + " failed: " + e.getMessage(), e);
        }
    }
}
