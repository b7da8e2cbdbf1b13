package distkv.cli;

import distkv.model.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes an error record. */
@Command(
        name = "delete",
        description = "Delete an error record and what the nodes said about it.",
        footer = {"", "Example:", "  distkv client error delete vm:251"})
final class ErrorDelete implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-s", "--subsys", "--subsystem"},
            paramLabel = "NAME",
            description = "PATH is what the error is about, in this subsystem.")
    private @Nullable String subsystem;

    @Parameters(paramLabel = "PATH", description = "The record, NODE:TOCK, which 'error list' calls syspath.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        ErrorRecords.ErrorRecord record = ErrorRecords.load(tree).find(path, subsystem);
        if (record == null) {
            return printer.nothing("Does not exist.");
        }
        tree.deleteTree(record.entry().path());
        printer.remark("Deleted.");
        return 0;
    }
}
