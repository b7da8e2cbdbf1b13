package distkv.cli.input;

import java.io.ByteArrayOutputStream;
import java.util.function.IntConsumer;

/** A Python string or bytes literal, to be read from after its opening quote. */
record QuotedLiteral(String text, int start, char quote, boolean bytes) {
    /** Its content, a {@link String} or a {@code byte[]}; {@code end} gets the position after the closing quote. */
    Object read(IntConsumer end) {
        StringBuilder content = new StringBuilder();
        int at = start;
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at = escape(content, at);
            } else {
                content.append(c);
            }
        }
        if (at >= text.length()) {
            throw wrong("a closing " + quote, at);
        }
        end.accept(at + 1);
        return bytes ? octets(content) : content.toString();
    }

    private int escape(StringBuilder content, int at) {
        if (at == text.length()) {
            throw wrong("an escape", at);
        }
        char c = text.charAt(at);
        switch (c) {
            case 'n' -> content.append('\n');
            case 't' -> content.append('\t');
            case 'r' -> content.append('\r');
            case '0' -> content.append('\0');
            case '\\', '\'', '"' -> content.append(c);
            case 'x' -> {
                return code(content, at + 1, 2);
            }
            case 'u' -> {
                return code(content, at + 1, 4);
            }
            case 'U' -> {
                return code(content, at + 1, 8);
            }
            default -> content.append('\\').append(c);
        }
        return at + 1;
    }

    private int code(StringBuilder content, int at, int digits) {
        try {
            content.appendCodePoint(Integer.parseInt(text, at, Math.min(text.length(), at + digits), 16));
            return at + digits;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(wrong(digits + " hex digits", at).getMessage(), e);
        }
    }

    private byte[] octets(StringBuilder content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length());
        for (int i = 0; i < content.length(); i++) {
            if (content.charAt(i) > 0xFF) {
                throw wrong("characters up to \\xff in bytes", start);
            }
            out.write(content.charAt(i));
        }
        return out.toByteArray();
    }

    private IllegalArgumentException wrong(String expected, int at) {
        return new IllegalArgumentException(
                "\"" + text + "\", character " + (at + 1) + " (expected: " + expected + ")");
    }
}
