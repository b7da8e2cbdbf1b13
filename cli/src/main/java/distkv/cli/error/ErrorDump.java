package distkv.cli.error;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows error records as the original's command line does. */
@Command(
        name = "dump",
        description = "Show what failed and has not succeeded since, each as a document.",
        footer = {"", "Example:", "  distkv client error dump -vv -s run"})
public final class ErrorDump implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ErrorSelection selection = new ErrorSelection();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        selection.print(selection.of(ErrorRecords.load(tree)), tree, printer);
        return 0;
    }
}
