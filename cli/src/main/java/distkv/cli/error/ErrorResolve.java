package distkv.cli.error;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import distkv.schema.error.ErrorWrites;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Marks an error as resolved. */
@Command(
        name = "resolve",
        description = "Mark an error as resolved. A later success of the job does so by itself.",
        footer = {"", "Example:", "  distkv client error resolve vm:251"})
public final class ErrorResolve implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ErrorNameOptions name = new ErrorNameOptions();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.RecordedError> records = name.find(tree);
        if (records.isEmpty()) {
            throw new FailedException("there is no error " + name
                    + " (expected: a job, procedure or module that 'error list -a' prints, or a record, NODE:TOCK)");
        }
        List<ErrorRecords.RecordedError> unresolved =
                records.stream().filter(record -> !record.isResolved()).toList();
        if (unresolved.isEmpty()) {
            return printer.nothing("Already resolved.");
        }
        for (ErrorRecords.RecordedError error : unresolved) {
            tree.change(error.entry().path(), old -> EntryContent.of(ErrorWrites.resolved(old.value())));
        }
        return 0;
    }
}
