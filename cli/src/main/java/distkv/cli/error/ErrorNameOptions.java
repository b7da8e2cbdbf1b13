package distkv.cli.error;

import distkv.cli.context.TreeClient;
import distkv.cli.view.ErrorRecords;
import distkv.model.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that name error records: one by its own name, or those about something. */
final class ErrorNameOptions {
    @Option(
            names = {"-s", "--subsys", "--subsystem"},
            paramLabel = "NAME",
            description = "PATH is the whole path of what the error is about, in this subsystem.")
    private @Nullable String subsystem;

    @Parameters(
            paramLabel = "PATH",
            description = "The name of a job, procedure or module that 'error list' prints; or one record, NODE:TOCK,"
                    + " which 'error show' calls syspath.")
    private Path path = Path.ROOT;

    List<ErrorRecords.RecordedError> find(TreeClient tree) throws InterruptedException {
        ErrorRecords records = ErrorRecords.load(tree);
        List<ErrorRecords.RecordedError> found = records.find(path, subsystem);
        return found.isEmpty() && subsystem == null ? records.named(path, tree.config()) : found;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
