package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.TextFile;
import distkv.cli.key.SignatureView;
import distkv.cli.options.OutputOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.code.CodeEdit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads stored code. */
@Command(
        name = "get",
        description = "Read stored code and its metadata.",
        footer = {"", "Example:", "  distkv client code get -s scale.py demo.scale"})
public final class CodeGet implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-s", "--script"},
            paramLabel = "FILE",
            description = "Save the code here and print the rest.")
    private java.nio.file.@Nullable Path script;

    @Parameters(paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        Entry entry = tree.read(library.at(path));
        if (entry == null) {
            return printer.nothing("No entry here: there is no " + library.noun() + " " + path);
        }
        Object value = SignatureView.shortened(Printer.decoded(entry));
        if (script != null && value instanceof Map<?, ?>) {
            CodeEdit edit = CodeEdit.of(value);
            String code = edit.takeCode();
            if (code != null) {
                TextFile.write(script, code);
                value = edit.entry();
            }
        }
        printer.document(printer.shown(tree.name(), entry, value));
        return 0;
    }
}
