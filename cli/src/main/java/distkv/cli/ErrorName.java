package distkv.cli;

import distkv.model.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which error record: by its own name, or by what it is about. */
final class ErrorName {
    @Option(
            names = {"-s", "--subsys", "--subsystem"},
            paramLabel = "NAME",
            description = "PATH is what the error is about, in this subsystem.")
    private @Nullable String subsystem;

    @Parameters(paramLabel = "PATH", description = "The record, NODE:TOCK, which 'error list' calls syspath.")
    private Path path = Path.ROOT;

    ErrorRecords.@Nullable ErrorRecord find(Tree tree) throws InterruptedException {
        return ErrorRecords.load(tree).find(path, subsystem);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
