package distkv.cli.key;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.options.OutputOptions;
import distkv.schema.sign.VerifyingKey;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the public half of a key. */
@Command(
        name = "show",
        description = "Show the public half of a key, and the id by which signatures name it.",
        footer = {"", "Example:", "  distkv key show ~/.config/distkv/signing.key"})
public final class KeyShow implements CommandAction.Local {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "FILE", description = "A file that 'key create' has made.")
    private Path file = Path.of("");

    @Override
    public int run(CommandContext context) {
        VerifyingKey key = KeyFile.read(file).verifyingKey();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", key.id());
        shown.put("key", key.toString());
        context.printer().document(shown);
        return 0;
    }
}
