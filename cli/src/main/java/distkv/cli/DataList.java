package distkv.cli;

import distkv.model.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists what is below a path. */
@Command(
        name = "list",
        description = "List the paths right below one; with -d their values too.",
        footer = {"", "Example:", "  distkv client data list room"})
final class DataList implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private Selection selection = new Selection();

    @Parameters(paramLabel = "PATH", description = "Where to look; ':' is the root.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        if (selection.isUsed()) {
            boolean namesOnly = selection.key == null;
            new Report(tree, printer, selection, false)
                    .print(path, selection.least(1), selection.most(1), true, namesOnly);
            return 0;
        }
        try (Printer.Listing listing = printer.listing()) {
            tree.children(path).forEach(listing::item);
        }
        return 0;
    }
}
