package distkv.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes an error record. */
@Command(
        name = "delete",
        description = "Delete an error record and what the nodes said about it.",
        footer = {"", "Example:", "  distkv client error delete vm:251"})
final class ErrorDelete implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private ErrorName name = new ErrorName();

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.ErrorRecord> records = name.find(tree);
        if (records.isEmpty()) {
            return printer.nothing("Does not exist.");
        }
        for (ErrorRecords.ErrorRecord record : records) {
            tree.deleteTree(record.entry().path());
        }
        printer.remark("Deleted.");
        return 0;
    }
}
