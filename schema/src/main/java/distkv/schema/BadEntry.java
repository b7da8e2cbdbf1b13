package distkv.schema;

import org.jspecify.annotations.Nullable;

/** An entry that somebody wrote is not what it should be. The message names the key and what was expected. */
public final class BadEntry extends Exception {
    private static final long serialVersionUID = 1;
    private static final int SHOWN = 60;
    private final String text;

    public BadEntry(String text) {
        super(text);
        this.text = text;
    }

    public BadEntry(String key, @Nullable Object found, String expected) {
        this(key + ": " + shorten(String.valueOf(found)) + " (expected: " + expected + ")");
    }

    @Override
    public String getMessage() {
        return text;
    }

    private static String shorten(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
