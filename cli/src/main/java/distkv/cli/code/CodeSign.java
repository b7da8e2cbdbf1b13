package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.key.KeyFile;
import distkv.cli.key.SignOption;
import distkv.cli.options.OutputOptions;
import distkv.model.Path;
import distkv.schema.code.CodeId;
import distkv.schema.sign.SignedContent;
import distkv.schema.sign.SignedName;
import distkv.schema.sign.SigningKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs code that is stored. */
@Command(
        name = "sign",
        description = {
            "Sign stored code as it is. Read it first: the signature says that you want it to run.",
            "Nodes refuse a revision that is older than one that they have accepted."
        },
        footer = {"", "Example:", "  distkv client code sign --key ~/.config/distkv/signing.key demo.scale"})
public final class CodeSign implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"--key"},
            required = true,
            paramLabel = "KEY",
            description = "The file with the key, see 'distkv key create'.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Option(
            names = {"--revision"},
            paramLabel = "NUMBER",
            description =
                    "The revision, which only grows. Default: the time in seconds, or one more than the last one.")
    private @Nullable Long revision;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Its name, for example demo.scale.")
    private List<Path> paths = List.of();

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        SigningKey key = KeyFile.read(file);
        for (Path path : paths) {
            CodeId piece = library.id(path);
            printer.wrote(
                    tree, tree.change(library.at(path), old -> EntryContent.of(signed(old, piece, key, printer))));
            printer.told(SignedName.of(piece) + " is signed with the key "
                    + key.verifyingKey().id() + ".");
        }
        return 0;
    }

    private Map<?, ?> signed(EntryContent old, CodeId piece, SigningKey key, Printer printer) {
        Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
        if (old.value() instanceof String code && piece.sort() == CodeId.Sort.MODULE) {
            fields.put("code", code);
        } else if (old.value() instanceof Map<?, ?> map) {
            fields.putAll(map);
        } else {
            throw new FailedException("there is no " + SignedName.of(piece) + "; nothing was signed");
        }
        long next = SignOption.next(SignedContent.claimed(old.value()), printer);
        return SignedContent.sign(fields, SignedName.of(piece), revision == null ? next : revision, key);
    }
}
