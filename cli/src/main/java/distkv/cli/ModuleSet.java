package distkv.cli;

import distkv.model.Path;
import distkv.schema.code.CodeId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Stores a module, or changes what is stored. */
@Command(
        name = "set",
        description = "Save a Python or Java module. What is stored already and not named by an option stays.",
        footer = {
            "",
            "Examples:",
            "  distkv client code module set -s units.py house.units",
            "  distkv client code module set -s Units.java house.Units"
        })
final class ModuleSet implements Action.OfLibrary {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private Source source = new Source();

    @Parameters(
            paramLabel = "PATH",
            description =
                    "Its name, for example house.units for 'import house.units'; of one in Java, that of its class.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Library library, Printer printer) throws InterruptedException {
        Source.Given given = source.read(tree, library, path, printer.terminal());
        NeedsCheck needs = NeedsCheck.of(tree, CodeId.module(path));
        printer.wrote(tree, tree.change(library.at(path), old -> needs.checked(given.applyTo(old))));
        return 0;
    }
}
