package distkv.cli.key;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.input.FailedException;
import distkv.cli.options.OutputOptions;
import distkv.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a key. */
@Command(
        name = "create",
        description = {
            "Make a key that signs code, and print its public half for the nodes that are to trust it.",
            "FILE can be read by its owner only. Whoever has it can sign; keep it off the nodes and the server."
        },
        footer = {"", "Example:", "  distkv key create ~/.config/distkv/signing.key"})
public final class KeyCreate implements CommandAction.Local {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "FILE", description = "The new file.")
    private Path file = Path.of("");

    @Override
    public int run(CommandContext context) {
        SigningKey key = SigningKey.create();
        try {
            key.write(file);
        } catch (FileAlreadyExistsException e) {
            throw new FailedException(file + " exists already (expected: a new file)", e);
        } catch (IOException e) {
            throw new FailedException(file + ": " + KeyFile.reason(e), e);
        }
        context.printer().line(key.verifyingKey().toString());
        return 0;
    }
}
