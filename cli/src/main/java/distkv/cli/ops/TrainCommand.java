package distkv.cli.ops;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.JobScope;
import distkv.cli.context.Terminal;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.transport.Address;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.Prefixes;
import distkv.schema.code.CodeEdit;
import distkv.schema.code.Mode;
import distkv.schema.job.JobEdit;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs typical commands in one process, while the JVM records what they load, for faster starts. */
@Command(name = "train", hidden = true, description = "Run typical commands; part of the build.")
public final class TrainCommand implements CommandAction.Local {
    private static final List<String> COMMANDS = List.of(
            "data set -v name Joe -e age 42 -p where a.b train.joe",
            "data set -e : 21.5 train.temp",
            "data get train.temp",
            "data train.joe get",
            "-m data get train.joe",
            "data get -r train",
            "data get -rd _ :",
            "data list train",
            "-o json data get -r train",
            "run set -c train.nothing train.job",
            "run list -t :",
            "job at train.job state",
            "run delete train.job",
            "code list -s :",
            "error list",
            "data get train..nothing",
            "data delete -r train");

    /** How often a job starts: the JVM records what runs often, and compiles it early at the next start. */
    private static final int STARTS = 300;

    /** The timeout of all starts together, and of the group, so that a build does not hang. */
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final Path NAME = Path.of("train");
    private static final Path CODE = Prefixes.DEFAULT.codes().append(NAME);
    private static final Path JOB = Kind.ANY
            .entries(Prefixes.DEFAULT.runs(), JobScope.DEFAULT_GROUP, "")
            .append(NAME);
    private static final Path STATE = Kind.ANY
            .states(Prefixes.DEFAULT.states(), JobScope.DEFAULT_GROUP, "")
            .append(NAME);

    @Option(names = "--jobs", description = "There is a runner: give it jobs.")
    private boolean withJobs;

    @Parameters(paramLabel = "SOCKET", description = "Where the server is.")
    private java.nio.file.Path socket = java.nio.file.Path.of("");

    @Override
    public int run(CommandContext context) throws InterruptedException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Terminal silent = context.terminal().with(nowhere, nowhere);
        Address server = new Address.Unix(socket);
        for (String command : COMMANDS) {
            List<String> words = new ArrayList<>(List.of("client", "-h", server.toString()));
            words.addAll(List.of(command.split(" ", -1)));
            context.commands().run(silent, words);
        }
        if (withJobs) {
            jobs(server);
        }
        return 0;
    }

    private void jobs(Address server) throws InterruptedException {
        long end = System.nanoTime() + TIMEOUT_NANOS;
        try (Client client = Client.connect(ClientOptions.of(server))) {
            CodeEdit code = CodeEdit.of(null);
            code.code("return turn");
            code.mode(Mode.ASYNC);
            client.set(CODE, Values.encode(code.entry()));
            JobEdit job = JobEdit.of(null);
            job.code(NAME);
            for (long turn = 0; turn < STARTS && System.nanoTime() < end; turn++) {
                job.startAt(System.currentTimeMillis() / 1e3);
                job.data(Map.of("turn", turn));
                client.set(JOB, Values.encode(job.entry()));
                while (!hasReturned(client, turn) && System.nanoTime() < end) {
                    TimeUnit.MILLISECONDS.sleep(1);
                }
            }
            new TrainGroup(client, System.nanoTime() + TIMEOUT_NANOS).run();
        }
    }

    private static boolean hasReturned(Client client, long turn) throws InterruptedException {
        Entry state = client.get(STATE);
        return state != null
                && Values.encode(turn).equals(StateEntry.read(state.value()).result());
    }
}
