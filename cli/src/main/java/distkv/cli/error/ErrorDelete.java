package distkv.cli.error;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Removes an error record. */
@Command(
        name = "delete",
        description = "Delete an error record with what the nodes reported.",
        footer = {"", "Example:", "  distkv client error delete vm:251"})
public final class ErrorDelete implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ErrorNameOptions name = new ErrorNameOptions();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.RecordedError> records = name.find(tree);
        if (records.isEmpty()) {
            return printer.nothing("Does not exist.");
        }
        for (ErrorRecords.RecordedError error : records) {
            tree.deleteTree(error.entry().path());
        }
        printer.remark("Deleted.");
        return 0;
    }
}
