package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.key.KeyFile;
import distkv.cli.options.OutputOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.sign.SignatureVerdict;
import distkv.schema.sign.SignedName;
import distkv.schema.sign.TrustedKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks the signatures of stored code. */
@Command(
        name = "verify",
        description = {
            "Check the signatures of stored code at and below a path, as a node with these trusted keys would.",
            "The exit code is 1 if any is not valid. What a node has accepted before is not known here."
        },
        footer = {"", "Example:", "  distkv client code verify --keys /etc/distkv/trusted-keys demo"})
public final class CodeVerify implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"--keys"},
            paramLabel = "FILE",
            description = "The trusted keys. Default: accept.keys in the configuration.")
    private java.nio.file.@Nullable Path file;

    @Parameters(paramLabel = "PATH", arity = "0..1", description = "Where to look. Default: everything.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        TrustedKeys keys = KeyFile.trusted(keys(tree));
        Path top = library.prefix().append(path);
        boolean allValid = true;
        boolean any = false;
        try (Printer.Listing listing = printer.listing()) {
            for (Entry entry : tree.below(top, 0, -1)) {
                Value value = entry.value();
                Path name = entry.path().below(library.prefix());
                if (value == null || name.isRoot()) {
                    continue;
                }
                any = true;
                SignatureVerdict verdict = SignatureVerdict.of(SignedName.of(library.id(name)), value, keys);
                allValid &= verdict instanceof SignatureVerdict.Valid;
                listing.row(line(name, verdict), row(name, verdict));
            }
        }
        if (!any) {
            throw new FailedException("there is no " + library.noun() + " at or below " + path);
        }
        return allValid ? 0 : FailedException.EXIT_CODE;
    }

    private java.nio.file.Path keys(TreeClient tree) {
        String configured = tree.config().text("accept.keys");
        if (file == null && configured == null) {
            throw new UsageException(
                    "--keys (expected: a file with trusted keys, or accept.keys in the configuration)");
        }
        return file == null ? java.nio.file.Path.of(String.valueOf(configured)) : file;
    }

    private static String line(Path name, SignatureVerdict verdict) {
        return switch (verdict) {
            case SignatureVerdict.Valid valid ->
                name + ": signed by " + valid.by().name() + ", revision " + valid.revision();
            case SignatureVerdict.Refused refused -> name + ": " + refused.why().word() + ": " + refused.message();
        };
    }

    private static Map<String, Object> row(Path name, SignatureVerdict verdict) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("code", name);
        switch (verdict) {
            case SignatureVerdict.Valid valid -> {
                row.put("signed_by", valid.by().name());
                row.put("key", valid.by().key().id());
                row.put("revision", valid.revision());
            }
            case SignatureVerdict.Refused refused -> {
                row.put("refused", refused.why().word());
                row.put("message", refused.message());
            }
        }
        return row;
    }
}
