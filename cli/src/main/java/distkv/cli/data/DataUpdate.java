package distkv.cli.data;

import distkv.cli.context.BatchWriter;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.EntryFile;
import distkv.cli.input.FailedException;
import distkv.cli.options.OutputOptions;
import distkv.model.Expectation;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Write;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the entries of a file. */
@Command(
        name = "update",
        description = {
            "Write all entries of a file below a path: MsgPack maps, each with path and value.",
            "Files that a server of the original has saved are read, too; 'distkv import' imports a whole tree from"
                    + " one."
        },
        footer = {"", "Example:", "  distkv client data update -i saved.msgpack :"})
public final class DataUpdate implements CommandAction.Remote {
    private static final Path INTERNAL = Path.of(Nil.NIL);

    private static final Set<String> KNOWN =
            Set.of("backup", "internal", "end", "nodes", "known", "deleted", "node", "info");

    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-i", "--infile"},
            required = true,
            paramLabel = "FILE",
            description = "The file, for example one that 'distkv backup' wrote.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Parameters(paramLabel = "PATH", description = "The path below which they are written.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        try (EntryFile items = new EntryFile(file)) {
            BatchWriter batch = new BatchWriter(tree.client());
            long internal = 0;
            for (EntryFile.Item item = items.next(); item != null; item = items.next()) {
                Path below = item.path();
                if (below == null) {
                    checkHead(item);
                } else if (below.startsWith(INTERNAL)) {
                    internal++;
                } else if (item.value() != null) {
                    batch.add(Write.set(path.append(below), item.value(), Expectation.anything()));
                } else if (item.rest().containsKey("tick")) {
                    // A deletion in a log of the original.
                    batch.add(Write.delete(path.append(below), Expectation.anything()));
                }
            }
            printer.remark(batch.finish() + " entries written");
            if (internal > 0) {
                printer.warning(internal + " entries of an internal tree were left out");
            }
        }
        return 0;
    }

    /** A map without a path must be the beginning or the end of a backup, or the state of a server of the original. */
    private void checkHead(EntryFile.Item item) {
        boolean known = item.rest().keySet().stream().anyMatch(KNOWN::contains);
        if (!known) {
            throw new FailedException(
                    file + ": a map of " + item.rest().keySet() + " (expected: maps with path and value)");
        }
    }
}
