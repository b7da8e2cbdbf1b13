package distkv.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows error records as the original's command line does. */
@Command(
        name = "dump",
        description = "Show what failed and has not succeeded since, as a document each.",
        footer = {"", "Example:", "  distkv client error dump -vv -s run"})
final class ErrorDump implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private ErrorSelection selection = new ErrorSelection();

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        selection.print(selection.of(ErrorRecords.load(tree)), tree, printer);
        return 0;
    }
}
