package distkv.code.compile;

import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/**
 * Stored text as javac reads it. Implicit imports are put before it, on its first line, and what makes it a class after
 * its last: so its lines have their stored numbers.
 */
final class SourceText extends SimpleJavaFileObject {
    /** Its name in messages, for example {@code demo.scale}. */
    final String name;

    final String binaryName;
    private final String before;
    private final String text;
    private final String after;

    private SourceText(String name, String binaryName, String before, String text, String after) {
        super(URI.create("stored:///" + binaryName.replace('.', '/') + ".java"), Kind.SOURCE);
        this.name = name;
        this.binaryName = binaryName;
        this.before = before;
        this.text = text;
        this.after = after;
    }

    /** A module: a Java file that declares the class of its name. */
    static SourceText module(String name, String text) {
        return new SourceText(name, name, "", text, "");
    }

    /** A procedure: methods without a class around them. Java requires such a file to have a {@code main}. */
    static SourceText procedure(String name, String className, String imports, String text) {
        return new SourceText(name, className, imports, text, "\nvoid main() {}\n");
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return before + text + after;
    }

    /** The same text without what is put after it. */
    SourceText bare() {
        return new SourceText(name, binaryName, before, text, "");
    }

    /** The column as the author sees it. */
    long column(long line, long column) {
        return line == 1 ? Math.max(1, column - before.length()) : column;
    }
}
