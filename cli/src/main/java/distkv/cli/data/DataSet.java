package distkv.cli.data;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.cli.options.LastChangeOption;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ValueOptions;
import distkv.model.Expectation;
import distkv.model.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a value, or items in it. */
@Command(
        name = "set",
        description = {
            "Add or change an entry. NAME is an item of the value; ':' is the value itself.",
            "Changes that others make at the same time are not lost. With --last, the entry is written only if nobody"
                    + " has changed it since you read it; with --new, only if it does not exist.",
            "A text or literal can come from a file ('@FILE') or from standard input ('-v NAME -', '-e NAME @-')."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client data set -e : 21.5 room.temp",
            "  distkv client data set -v name Joe -e age 42 people.joe",
            "  distkv client data set -v : @notes.txt house.notes",
            "  distkv client data set -v : - house.notes < notes.txt"
        })
public final class DataSet implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ValueOptions items = new ValueOptions();

    @Mixin
    private LastChangeOption last = new LastChangeOption();

    @Option(
            names = {"-n", "--new"},
            description = "Only if the entry does not exist.")
    private boolean fresh;

    @Parameters(paramLabel = "PATH", description = "The entry, for example room.temp; ':' is the root.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        if (items.isEmpty()) {
            throw new UsageException("nothing to set (expected: -e, -v or -p, for example -e : 42)");
        } else if (fresh && last.isGiven()) {
            throw new UsageException("--new and --last (expected: one of them)");
        }
        TreeClient.Written written = !last.isGiven() && !fresh ? change(tree) : replace(tree);
        printer.wrote(tree, written);
        return 0;
    }

    private TreeClient.Written change(TreeClient tree) throws InterruptedException {
        return tree.change(path, items::applyTo);
    }

    private TreeClient.Written replace(TreeClient tree) throws InterruptedException {
        EntryContent old = fresh ? EntryContent.NONE : EntryContent.of(tree.read(path));
        return tree.write(path, items.applyTo(old), fresh ? Expectation.absent() : last.expectation(tree));
    }
}
