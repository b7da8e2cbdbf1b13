package distkv.cli;

import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the entries of a file. */
@Command(
        name = "update",
        description = "Write all entries of a file below a path: MsgPack maps, each with path and value.",
        footer = {"", "Example:", "  distkv client data update -i saved.msgpack :"})
final class DataUpdate implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-i", "--infile"},
            required = true,
            paramLabel = "FILE",
            description = "The file, for example one that 'distkv backup' wrote.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Parameters(paramLabel = "PATH", description = "Below which path.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        try (EntryFile items = new EntryFile(file)) {
            Batch batch = new Batch(tree.client());
            for (EntryFile.Item item = items.next(); item != null; item = items.next()) {
                if (item.path() != null && item.value() != null) {
                    batch.add(Write.set(path.append(item.path()), item.value(), Expectation.anything()));
                }
            }
            printer.remark(batch.finish() + " entries written");
        }
        return 0;
    }
}
