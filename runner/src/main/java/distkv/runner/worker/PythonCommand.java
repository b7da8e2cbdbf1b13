package distkv.runner.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How Python is started.
 *
 * @param command the interpreter, and options for it
 * @param environment what is added to the environment, e.g. {@code PYTHONPATH}
 */
public record PythonCommand(List<String> command, Map<String, String> environment) {
    public PythonCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** This interpreter, with the environment as it is. */
    public static PythonCommand of(String python) {
        return new PythonCommand(List.of(python), Map.of());
    }

    ProcessBuilder build(Path socket) {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of("-m", "distkv.worker", socket.toString()));
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
        String last = tail.isEmpty() ? "" : ": " + tail.getLast();
        if (last.contains("No module named")) {
            return command.getFirst() + " lacks a module" + last
                    + " (expected: the package distkv with anyio and msgpack, in the environment of this interpreter)";
        }
        return "the parent of the workers ended with status " + status + last;
    }
}
