package distkv.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs typical commands in one process, while the JVM notes what they load for the next start. */
@Command(name = "train", hidden = true, description = "Run typical commands; part of the build.")
final class TrainCommand implements Action.Local {
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

    @Parameters(paramLabel = "PORT", description = "Where the server is.")
    private int port;

    @Override
    public int run(Context context) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandLineRun runner = new CommandLineRun(context.terminal().with(nowhere, nowhere));
        for (String command : COMMANDS) {
            List<String> words = new ArrayList<>(List.of("client", "-h", "127.0.0.1", "-p", Integer.toString(port)));
            words.addAll(List.of(command.split(" ", -1)));
            runner.run(words);
        }
        return 0;
    }
}
