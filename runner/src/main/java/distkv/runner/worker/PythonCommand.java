package distkv.runner.worker;

import distkv.code.call.IgnoreInterrupt;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How Python is started.
 *
 * @param command the interpreter, and options for it
 * @param environment what is added to the environment, e.g. {@code PYTHONPATH}
 * @param workerUser whose processes the workers are; {@code null}: this process's user's. Takes root.
 * @param memory how many bytes the workers without limits may use together; {@code null}: as many as there are. Takes
 *     control groups.
 */
public record PythonCommand(
        List<String> command,
        Map<String, String> environment,
        @Nullable String workerUser,
        @Nullable Long memory) {
    /** How the parent begins to say why it does not start. */
    private static final String REFUSED = "distkv worker: ";

    /** How a command ends that is not there, or cannot be started. */
    private static final Set<Integer> NOT_FOUND = Set.of(126, 127);

    public PythonCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** This interpreter, with the environment as it is. */
    public static PythonCommand of(String python) {
        return new PythonCommand(List.of(python), Map.of());
    }

    /** One whose workers are this process's user's. */
    public PythonCommand(List<String> command, Map<String, String> environment) {
        this(command, environment, null, null);
    }

    /** The same, with workers of this user. */
    public PythonCommand withWorkerUser(@Nullable String user) {
        return new PythonCommand(command, environment, user, memory);
    }

    /** The same, with that much memory for all workers without limits together. */
    public PythonCommand withMemory(@Nullable Long bytes) {
        return new PythonCommand(command, environment, workerUser, bytes);
    }

    ProcessBuilder build(Path socket) {
        List<String> words = IgnoreInterrupt.command(command);
        words.addAll(List.of("-m", "distkv.worker", socket.toString(), workerUser == null ? "" : workerUser));
        words.add(memory == null ? "" : memory.toString());
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return builder;
    }

    String notFound() {
        return command.getFirst() + " cannot be started (expected: Python 3.10 or newer; on Debian:"
                + " apt install python3 python3-venv)";
    }

    /** What the end of the parent means, given the last lines that it printed. */
    String ended(int status, List<String> tail) {
        if (NOT_FOUND.contains(status)) {
            return notFound();
        }
        String last = tail.isEmpty() ? "" : ": " + tail.getLast();
        if (last.contains("No module named")) {
            return command.getFirst() + " lacks a module" + last
                    + " (expected: the package distkv with anyio and msgpack, in the environment of this interpreter)";
        }
        int about = last.indexOf(REFUSED);
        if (about >= 0) {
            return last.substring(about + REFUSED.length());
        }
        return "the parent of the workers ended with status " + status + last;
    }
}
