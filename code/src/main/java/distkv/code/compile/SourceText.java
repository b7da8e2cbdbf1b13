package distkv.code.compile;

import java.net.URI;
import javax.tools.SimpleJavaFileObject;

/**
 * Stored text as javac reads it. Before the text, on its first line, there may be imports that its author need not
 * write, and after it a line that makes it a whole class; so its lines are those of the stored text.
 */
final class SourceText extends SimpleJavaFileObject {
    /** What it is called in messages, as in {@code demo.scale}. */
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

    /** A module: a Java file as it is, with the class that its name says. */
    static SourceText module(String name, String text) {
        return new SourceText(name, name, "", text, "");
    }

    /** A procedure: methods without a class around them. Java has such classes, and insists on a {@code main}. */
    static SourceText procedure(String name, String className, String imports, String text) {
        return new SourceText(name, className, imports, text, "\nvoid main() {}\n");
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return before + text + after;
    }

    /** The same without what comes after it. */
    SourceText bare() {
        return new SourceText(name, binaryName, before, text, "");
    }

    /** The column that the author sees. */
    long column(long line, long column) {
        return line == 1 ? Math.max(1, column - before.length()) : column;
    }
}
