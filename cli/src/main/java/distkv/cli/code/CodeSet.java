package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.key.SignOption;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ValueOptions;
import distkv.model.Path;
import distkv.schema.code.CodeEdit;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.code.Mode;
import distkv.schema.sign.SigningKey;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores a procedure, or changes a stored one. */
@Command(
        name = "set",
        description = {
            "Store Python or Java code. What an option does not name stays as it is stored.",
            "-v, -e and -p declare inputs with their defaults; '-e NAME -' declares one that has no default,"
                    + " '-e NAME /' removes it."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client code set -s scale.py -e factor 2 demo.scale",
            "  distkv client code set -s Hysteresis.java -d Hysteresis.yml demo.hysteresis"
        })
public final class CodeSet implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private SourceOptions source = new SourceOptions();

    @Mixin
    private ValueOptions inputs = new ValueOptions();

    @Mixin
    private SignOption sign = new SignOption();

    @ArgGroup
    private @Nullable Way way;

    /** How the code runs. */
    static final class Way {
        @Option(
                names = {"-a", "--async"},
                description = "The code is async (the default).")
        private boolean async;

        @Option(
                names = {"-A", "--sync"},
                description = "The code is synchronous.")
        private boolean sync;

        @Option(
                names = {"-t", "--thread"},
                description = "The code is synchronous and runs in a worker thread.")
        private boolean thread;

        Mode mode() {
            return sync ? Mode.SYNC : thread && !async ? Mode.THREAD : Mode.ASYNC;
        }
    }

    @Parameters(paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        SourceOptions.Given given = source.read(tree, library, path, printer.terminal());
        CodeId piece = CodeId.procedure(path);
        RequirementsCheck needs = RequirementsCheck.of(tree, piece);
        SigningKey key = sign.key();
        printer.wrote(
                tree,
                tree.change(
                        library.at(path),
                        old -> needs.checked(
                                SignOption.applyTo(procedure(given.applyTo(old)), old.value(), piece, key, printer))));
        return 0;
    }

    private Map<?, ?> procedure(CodeEdit edit) {
        if (way != null) {
            edit.mode(way.mode());
        } else if (!edit.hasMode() && edit.language() != Language.JAVA) {
            edit.mode(Mode.ASYNC);
        }
        Set<String> names = edit.inputs();
        Map<?, ?> defaults = inputs.applyTo(edit.defaults(), names);
        edit.inputs(names, defaults);
        return edit.entry();
    }
}
