package distkv.cli.key;

import distkv.cli.context.Printer;
import distkv.schema.code.CodeId;
import distkv.schema.sign.SignedContent;
import distkv.schema.sign.SignedName;
import distkv.schema.sign.SigningKey;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that signs what is stored. */
public final class SignOption {
    @Option(
            names = {"--sign"},
            paramLabel = "KEY",
            description = "Sign it with the key in this file, see 'distkv key create'.")
    private @Nullable Path file;

    /** The key, read once; {@code null}: there is none. */
    public @Nullable SigningKey key() {
        return file == null ? null : KeyFile.read(file);
    }

    /**
     * The fields of an entry as they are to be stored: with a new signature, or without one, since it was for others.
     *
     * @param stored the entry as it is stored now, decoded
     */
    public static Map<?, ?> applyTo(
            Map<?, ?> fields, @Nullable Object stored, CodeId piece, @Nullable SigningKey key, Printer printer) {
        SignedContent.Claimed before = SignedContent.claimed(stored);
        if (key != null) {
            return SignedContent.sign(fields, SignedName.of(piece), next(before, printer), key);
        }
        SignedContent.unsign(fields);
        if (before != null) {
            printer.warning(SignedName.of(piece) + " was signed, and is not any more", "sign it with --sign KEY");
        }
        return fields;
    }

    /** The next revision: the time, so that it grows even if the code was deleted meanwhile; more than the last one. */
    public static long next(SignedContent.@Nullable Claimed before, Printer printer) {
        long now = (long) printer.dates().now();
        return before == null ? now : Math.max(before.revision() + 1, now);
    }
}
