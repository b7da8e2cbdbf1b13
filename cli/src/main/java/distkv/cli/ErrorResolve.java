package distkv.cli;

import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Marks an error as resolved. */
@Command(
        name = "resolve",
        description = "Mark an error as resolved. A later success of the job does that by itself.",
        footer = {"", "Example:", "  distkv client error resolve vm:251"})
final class ErrorResolve implements Action.Remote {
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
            throw new FailedException(
                    "there is no error " + path + " (expected: a syspath that 'error list -a' prints)");
        } else if (record.isResolved()) {
            return printer.nothing("Already resolved.");
        }
        tree.change(record.entry().path(), old -> {
            Map<Object, @Nullable Object> value = new LinkedHashMap<>();
            if (old.value() instanceof Map<?, ?> map) {
                value.putAll(map);
            }
            value.put("resolved", true);
            return Content.of(value);
        });
        return 0;
    }
}
