package distkv.it;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A runner as a program of its own, so that a test may stop and kill it; it ends with its standard input. */
final class RunnerProgram {
    private RunnerProgram() {}

    /** Takes the server's port, the node's name, how many milliseconds its lease lives, and perhaps {@code every-kind}. */
    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        String python = System.getenv().getOrDefault("DISTKV_PYTHON", "python3");
        String sources = Path.of("../python").toAbsolutePath().normalize().toString();
        RunnerOptions options = RunnerOptions.of(
                        args[1], args.length > 3 ? EnumSet.allOf(Kind.class) : Set.of(Kind.ANY))
                .ttl(Duration.ofMillis(Long.parseLong(args[2])))
                .server("127.0.0.1", port)
                .python(new PythonCommand(List.of(python), Map.of("PYTHONPATH", sources)))
                .log(System.err::println);
        ClientOptions at = ClientOptions.of("127.0.0.1", port)
                .withName(args[1])
                .withRetry(Duration.ofMillis(10), Duration.ofMillis(50));
        try (Client client = Client.connect(at);
                Runner _ = Runner.start(options, client)) {
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // Nobody writes there.
            }
        }
    }
}
