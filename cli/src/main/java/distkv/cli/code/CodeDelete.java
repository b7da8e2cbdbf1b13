package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
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
public final class CodeDelete implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        Path at = library.at(path);
        if (tree.read(at) == null) {
            return printer.nothing("Does not exist.");
        }
        TreeClient.Written written = tree.write(at, EntryContent.NONE, Expectation.anything());
        printer.wrote(tree, written);
        if (!printer.metadata()) {
            printer.remark("Deleted.");
        }
        return 0;
    }
}
