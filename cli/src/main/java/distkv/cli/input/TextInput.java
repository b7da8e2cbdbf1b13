package distkv.cli.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads texts that options refer to as {@code @FILE} or {@code @-}; each is read once. */
public final class TextInput {
    private final Map<String, String> files = new HashMap<>();
    private @Nullable String standard;

    /** The content of the file for {@code @FILE}, that of standard input for {@code @-}, else the argument itself. */
    public String text(String word) {
        if (!word.startsWith("@")) {
            return word;
        } else if (word.startsWith("@@")) {
            return word.substring(1);
        } else if (word.equals("@-")) {
            if (standard == null) {
                standard = standardInput();
            }
            return standard;
        } else if (word.length() == 1) {
            throw new UsageException("'@' (expected: '@FILE', '@-' for standard input, or '@@' for an at sign)");
        }
        return files.computeIfAbsent(word, name -> TextFile.read(Path.of(name.substring(1))));
    }

    private static String standardInput() {
        try {
            byte[] bytes = System.in.readAllBytes();
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FailedException("standard input is not text (expected: UTF-8)", e);
        } catch (IOException e) {
            throw new UncheckedIOException("standard input: " + e.getMessage(), e);
        }
    }
}
