package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a job. */
@Command(
        name = "get",
        description = "Read a job.",
        footer = {"", "Example:", "  distkv client run get -s scale.room"})
final class RunGet implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-s", "--state"},
            description = "Add what became of it.")
    private boolean state;

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Entry entry = tree.read(scope.job(tree.config(), path));
        if (entry == null) {
            return printer.nothing("Not found.");
        }
        Object value = printer.dates().added(Printer.decoded(entry));
        if (state) {
            value = new States(tree, scope, printer).beside(value, path);
        }
        printer.document(printer.shown(tree.name(), entry, value));
        return 0;
    }
}
