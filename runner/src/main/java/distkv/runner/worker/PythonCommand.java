package distkv.runner.worker;

import distkv.code.call.IgnoreInterrupt;
import distkv.runner.sandbox.SandboxPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts Python.
 *
 * @param command the interpreter and its options
 * @param environment variables that are added to the environment, for example {@code PYTHONPATH}
 * @param workerUser the user whom worker processes run as; {@code null}: this process's user. Requires root.
 * @param memory how many bytes all workers without limits of their own may use together; {@code null}: no bound.
 *     Requires control groups.
 * @param sandbox what the workers may reach on this machine
 */
public record PythonCommand(
        List<String> command,
        Map<String, String> environment,
        @Nullable String workerUser,
        @Nullable Long memory,
        SandboxPolicy sandbox) {
    /** The prefix of the parent's message when it refuses to start. */
    private static final String REFUSED = "distkv worker: ";

    /** The variables that this process itself logs in with. */
    private static final Set<String> LOG_IN = Set.of("DISTKV_TOKEN", "DISTKV_USER", "DISTKV_PASSWORD");

    /** The exit status of a command that does not exist or cannot be executed. */
    private static final Set<Integer> NOT_FOUND = Set.of(126, 127);

    public PythonCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** This interpreter, with the environment of this process. */
    public static PythonCommand of(String python) {
        return new PythonCommand(List.of(python), Map.of());
    }

    /** A command whose workers run as this process's user, without a sandbox. */
    public PythonCommand(List<String> command, Map<String, String> environment) {
        this(command, environment, null, null, SandboxPolicy.OFF);
    }

    /** The same command with workers of this user. */
    public PythonCommand withWorkerUser(@Nullable String user) {
        return new PythonCommand(command, environment, user, memory, sandbox);
    }

    /** The same command with this bound on the memory of all workers without limits of their own. */
    public PythonCommand withMemory(@Nullable Long bytes) {
        return new PythonCommand(command, environment, workerUser, bytes, sandbox);
    }

    /** The same command with workers in this sandbox. */
    public PythonCommand withSandbox(SandboxPolicy policy) {
        return new PythonCommand(command, environment, workerUser, memory, policy);
    }

    ProcessBuilder build(Path socket) {
        List<String> words = IgnoreInterrupt.command(command);
        words.addAll(List.of("-m", "distkv.worker", socket.toString(), workerUser == null ? "" : workerUser));
        words.add(memory == null ? "" : memory.toString());
        words.addAll(sandbox.words());
        ProcessBuilder builder = new ProcessBuilder(words);
        sandbox.clean(builder.environment());
        // Those of this node, not of the code that it runs.
        builder.environment().keySet().removeAll(LOG_IN);
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return builder;
    }

    String notFound() {
        return command.getFirst() + " cannot be started (expected: Python 3.10 or newer; on Debian:"
                + " apt install python3 python3-venv)";
    }

    /** Explains the end of the parent, given its exit status and the last lines it printed. */
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
