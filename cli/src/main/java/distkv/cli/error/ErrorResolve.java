package distkv.cli.error;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Marks an error as resolved. */
@Command(
        name = "resolve",
        description = "Mark an error as resolved. A later success of the job does that by itself.",
        footer = {"", "Example:", "  distkv client error resolve vm:251"})
public final class ErrorResolve implements CommandAction.Remote {
    @Mixin
    OutputOptions leaf = new OutputOptions();

    @Mixin
    private ErrorNameOptions name = new ErrorNameOptions();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.ErrorRecord> records = name.find(tree);
        if (records.isEmpty()) {
            throw new FailedException("there is no error " + name
                    + " (expected: a job, procedure or module that 'error list -a' prints, or a record, NODE:TOCK)");
        }
        List<ErrorRecords.ErrorRecord> unresolved =
                records.stream().filter(record -> !record.isResolved()).toList();
        if (unresolved.isEmpty()) {
            return printer.nothing("Already resolved.");
        }
        for (ErrorRecords.ErrorRecord record : unresolved) {
            tree.change(record.entry().path(), ErrorResolve::resolved);
        }
        return 0;
    }

    private static EntryContent resolved(EntryContent record) {
        Map<Object, @Nullable Object> value = new LinkedHashMap<>();
        if (record.value() instanceof Map<?, ?> map) {
            value.putAll(map);
        }
        value.put("resolved", true);
        return EntryContent.of(value);
    }
}
