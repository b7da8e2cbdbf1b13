package distkv.cli.data;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.OutputFormat;
import distkv.cli.input.FailedException;
import distkv.cli.input.PythonLiteral;
import distkv.cli.input.UsageException;
import distkv.cli.options.LastChangeOption;
import distkv.cli.options.OutputOptions;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.protocol.Values;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes an entry, or all at and below a path. */
@Command(
        name = "delete",
        description = "Delete an entry. Entries below it stay unless -r is given. The root cannot be deleted.",
        footer = {"", "Example:", "  distkv client data delete -r room.old"})
public final class DataDelete implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-p", "--prev"},
            paramLabel = "TEXT",
            description = "Only if this is its value. --last is safer.")
    @Nullable
    private String previous;

    @Option(
            names = {"-e", "--eval"},
            description = "The value of --prev is a literal.")
    private boolean literal;

    @Mixin
    private LastChangeOption last = new LastChangeOption();

    @Option(
            names = {"-r", "--recursive"},
            description = "Delete everything below the path, too.")
    private boolean recursive;

    @Parameters(paramLabel = "PATH", description = "What to delete.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        if (path.isRoot()) {
            throw new UsageException("PATH ':' (expected: the path of an entry: the root cannot be deleted)");
        } else if (literal && previous == null) {
            throw new UsageException("--eval (expected: --prev beside it)");
        } else if (recursive && (previous != null || last.isGiven())) {
            throw new UsageException("--recursive (expected: no --prev and no --last beside it)");
        }
        if (recursive) {
            long count = tree.deleteTree(path);
            if (printer.metadata()) {
                printer.document(Map.of("changed", count));
            }
            return 0;
        }
        TreeClient.Written written = tree.write(path, EntryContent.NONE, expected(tree));
        printer.wrote(tree, written);
        return 0;
    }

    private Expectation expected(TreeClient tree) throws InterruptedException {
        if (previous == null) {
            return last.expectation(tree);
        }
        Object wanted = literal ? PythonLiteral.parse(previous) : previous;
        Entry entry = tree.read(path);
        if (entry == null || entry.value() == null || !Values.same(entry.value(), Values.encode(wanted))) {
            throw new FailedException(path + " is "
                    + (entry == null
                            ? "not there"
                            : OutputFormat.json.document(Printer.decoded(entry)).strip()) + " (expected: "
                    + OutputFormat.json.document(wanted).strip() + "); nothing was deleted");
        }
        return Expectation.at(entry.tick());
    }
}
