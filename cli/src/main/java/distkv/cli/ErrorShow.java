package distkv.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows all that is known of an error. */
@Command(
        name = "show",
        description = "Show all that is known of an error: what each node said, with data and stack traces.",
        footer = {"", "Example:", "  distkv client error show kitchen"})
final class ErrorShow implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private ErrorName name = new ErrorName();

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.ErrorRecord> records = name.find(tree);
        if (records.isEmpty()) {
            return printer.nothing("No error " + name + " (expected: a job, procedure or module that 'error list -a'"
                    + " prints, or a record, NODE:TOCK)");
        }
        ErrorSelection.printWhole(records, tree, printer);
        return 0;
    }
}
