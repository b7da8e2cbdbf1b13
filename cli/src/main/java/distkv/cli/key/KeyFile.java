package distkv.cli.key;

import distkv.cli.input.FailedException;
import distkv.schema.sign.SigningKey;
import distkv.schema.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads keys; what is wrong with a file is a failure that names it. */
public final class KeyFile {
    private KeyFile() {}

    /** A key to sign with. */
    public static SigningKey read(Path file) {
        try {
            return SigningKey.read(file);
        } catch (IOException e) {
            throw new FailedException("key " + e.getMessage(), e);
        }
    }

    /** The keys that a node trusts. */
    public static TrustedKeys trusted(Path file) {
        try {
            return TrustedKeys.read(file);
        } catch (IOException e) {
            throw new FailedException("trusted keys " + e.getMessage(), e)
                    .withHint("make a line of ':', what 'distkv key show' prints as key, and a name");
        }
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "its directory does not exist (expected: a directory)";
            case AccessDeniedException _ -> "permission denied (expected: a directory that may be written)";
            default -> String.valueOf(e.getMessage());
        };
    }
}
