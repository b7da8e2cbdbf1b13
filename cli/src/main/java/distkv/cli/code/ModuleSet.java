package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.key.SignOption;
import distkv.cli.options.OutputOptions;
import distkv.model.Path;
import distkv.schema.code.CodeId;
import distkv.schema.sign.SigningKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Stores a module, or changes a stored one. */
@Command(
        name = "set",
        description = {
            "Store a Python or Java module. What an option does not name stays as it is stored.",
            "Modules that require each other in a cycle are refused. A cycle of imports is found when code loads them."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client code module set -s units.py house.units",
            "  distkv client code module set -s Units.java house.Units"
        })
public final class ModuleSet implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private SourceOptions source = new SourceOptions();

    @Mixin
    private SignOption sign = new SignOption();

    @Parameters(
            paramLabel = "PATH",
            description = "Its name, for example house.units for 'import house.units'; in Java, that of its class.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        SourceOptions.Given given = source.read(tree, library, path, printer.terminal());
        CodeId piece = CodeId.module(path);
        RequirementsCheck needs = RequirementsCheck.of(tree, piece);
        SigningKey key = sign.key();
        printer.wrote(
                tree,
                tree.change(
                        library.at(path),
                        old -> needs.checked(
                                SignOption.applyTo(given.applyTo(old).entry(), old.value(), piece, key, printer))));
        return 0;
    }
}
