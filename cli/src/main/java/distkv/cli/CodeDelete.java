package distkv.cli;

import distkv.model.Expectation;
import distkv.model.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes stored code. */
@Command(
        name = "delete",
        description = "Delete stored code. Jobs that run it are stopped.",
        footer = {"", "Example:", "  distkv client code delete demo.scale"})
final class CodeDelete implements Action.OfLibrary {
    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Library library, Printer printer) throws InterruptedException {
        Path at = library.at(path);
        if (tree.read(at) == null) {
            return printer.nothing("Does not exist.");
        }
        Tree.Written written = tree.write(at, Content.NONE, Expectation.anything());
        printer.wrote(tree, written);
        if (!printer.metadata()) {
            printer.remark("Deleted.");
        }
        return 0;
    }
}
