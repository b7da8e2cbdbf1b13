package distkv.cli.input;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads and writes text files that options name; an error names the file. */
public final class TextFile {
    private TextFile() {}

    public static String read(Path file) {
        try {
            return java.nio.file.Files.readString(file);
        } catch (IOException e) {
            throw new FailedException(file + " cannot be read: " + reason(e), e);
        }
    }

    public static void write(Path file, String text) {
        try {
            java.nio.file.Files.writeString(file, text);
        } catch (IOException e) {
            throw new FailedException(file + " cannot be written: " + reason(e), e);
        }
    }

    /** A message for an I/O error, since the JDK's own is often only the file's name. */
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }
}
