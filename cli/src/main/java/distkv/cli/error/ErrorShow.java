package distkv.cli.error;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows all that is known of an error. */
@Command(
        name = "show",
        description = "Show everything about an error: what each node reported, with data and stack traces.",
        footer = {"", "Example:", "  distkv client error show kitchen"})
public final class ErrorShow implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ErrorNameOptions name = new ErrorNameOptions();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.RecordedError> records = name.find(tree);
        if (records.isEmpty()) {
            return printer.nothing("No error " + name + " (expected: a job, procedure or module that 'error list -a'"
                    + " prints, or a record, NODE:TOCK)");
        }
        ErrorSelection.printWhole(records, tree, printer);
        return 0;
    }
}
