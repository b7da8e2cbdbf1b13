package distkv.cli.data;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.SubtreeOptions;
import distkv.model.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists what is below a path. */
@Command(
        name = "list",
        description = "List the paths directly below a path; with -d, their values, too.",
        footer = {"", "Example:", "  distkv client data list room"})
public final class DataList implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private SubtreeOptions selection = new SubtreeOptions();

    @Option(
            names = {"--by"},
            description = "Show who wrote each entry.")
    private boolean by;

    @Parameters(paramLabel = "PATH", description = "The path to look below; ':' is the root.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        if (by || selection.isUsed()) {
            boolean namesOnly = !by && selection.key() == null;
            new SubtreePrinter(tree, printer, selection, false, by)
                    .print(path, selection.least(1), selection.most(1), true, namesOnly);
            return 0;
        }
        try (Printer.Listing listing = printer.listing()) {
            tree.children(path).forEach(listing::item);
        }
        return 0;
    }
}
