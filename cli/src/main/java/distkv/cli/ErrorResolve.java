package distkv.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Marks an error as resolved. */
@Command(
        name = "resolve",
        description = "Mark an error as resolved. A later success of the job does that by itself.",
        footer = {"", "Example:", "  distkv client error resolve vm:251"})
final class ErrorResolve implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private ErrorName name = new ErrorName();

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        ErrorRecords.ErrorRecord record = name.find(tree);
        if (record == null) {
            throw new FailedException(
                    "there is no error " + name + " (expected: a syspath that 'error list -a' prints)");
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
