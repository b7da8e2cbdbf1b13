package distkv.cli;

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
        ErrorRecords.ErrorRecord record = name.find(tree);
        if (record == null) {
            return printer.nothing("Does not exist.");
        }
        tree.deleteTree(record.entry().path());
        printer.remark("Deleted.");
        return 0;
    }
}
