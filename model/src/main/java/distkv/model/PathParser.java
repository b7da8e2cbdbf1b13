package distkv.model;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** Reads one path from text, see {@link PathText}. */
final class PathParser {
    /** What precedes the next character. */
    private enum Place {
        /** Nothing: an element must begin. */
        START,
        /** An element that may continue. */
        WITHIN,
        /** An element that is complete: a dot or a colon must follow. */
        AFTER,
        /** A dot: a text element must begin. */
        DOT
    }

    private final String text;
    private final KeyBuilder key = new KeyBuilder();
    private final StringBuilder part = new StringBuilder();
    private Place place = Place.START;
    /** The kind of the part being read: 0 for text, otherwise the letter after its colon ('i' for a literal). */
    private char kind;

    private int at;
    /** The start of the part being read. */
    private int start;

    PathParser(String text) {
        this.text = text;
    }

    Path path() {
        if (text.equals(":")) {
            return Path.ROOT;
        }
        if (text.isEmpty()) {
            throw error(0, "nothing", "an element, or ':' for the path without elements");
        }
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case '.' -> dot();
                case ':' -> colon();
                default -> {
                    if (place == Place.AFTER) {
                        throw error(at, "text after a complete element", "'.' or ':'");
                    }
                    begin(at);
                    part.append(text.charAt(at++));
                }
            }
        }
        if (place == Place.DOT) {
            throw error(at, "the end", "an element after the dot");
        }
        finish(Place.AFTER);
        return key.path();
    }

    private void dot() {
        if (place == Place.START || place == Place.DOT) {
            throw error(at, "a dot", "an element before it; a dot in a text is ':.'");
        }
        finish(Place.DOT);
        at++;
    }

    private void colon() {
        int colon = at++;
        if (at == text.length()) {
            throw error(colon, "a colon at the end", "what it escapes; a colon in a text is '::'");
        }
        char first = text.charAt(at);
        if (first == ':' || first == '.' || first == '_') {
            begin(colon);
            part.append(first == '_' ? ' ' : first);
            at++;
            return;
        }
        String word = word();
        switch (word) {
            case "t", "f", "n", "e" -> {
                whole(colon);
                finish(Place.AFTER);
                switch (first) {
                    case 'n' -> key.nil();
                    case 'e' -> key.text("");
                    default -> key.flag(first == 't');
                }
            }
            default -> typed(colon, word, first);
        }
    }

    private void typed(int colon, String word, char first) {
        if (first == 'm' && word.length() > 1) {
            if (colon != 0) {
                throw error(colon, "a mark", "it at the beginning only");
            }
            place = Place.AFTER;
            // A marked path without elements is written with a colon at its end.
            if (at == text.length() - 1 && text.charAt(at) == ':') {
                at++;
            }
            return;
        }
        boolean letter = "ibxyvs".indexOf(first) >= 0;
        if (!letter) {
            whole(colon);
        }
        finish(Place.WITHIN);
        start = colon;
        kind = letter ? first : 'i';
        part.append(letter ? word.substring(1) : word);
    }

    /** The characters up to the next one with a meaning. */
    private String word() {
        int begin = at;
        while (at < text.length() && ":._".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(begin, at);
    }

    private void whole(int colon) {
        if (place == Place.DOT) {
            throw error(colon, "':' after a dot", "no dot before an element that begins with a colon");
        }
    }

    private void begin(int position) {
        if (place != Place.WITHIN) {
            place = Place.WITHIN;
            start = position;
            kind = 0;
        }
    }

    /** Adds the element being read, if any. */
    private void finish(Place next) {
        if (place == Place.WITHIN) {
            String content = part.toString();
            part.setLength(0);
            try {
                add(content);
            } catch (IllegalArgumentException e) {
                throw error(start, "'" + content + "'", String.valueOf(e.getMessage()));
            }
        }
        place = next;
    }

    private void add(String content) {
        switch (kind) {
            case 0 -> key.text(content);
            case 'i' -> key.element(PathLiteral.parse(content));
            case 'x' -> key.number(integer(content, 16, "an integer in hexadecimal"));
            case 'b' -> key.number(integer(content, 2, "an integer in binary"));
            case 'v' -> {
                if (!content.chars().allMatch(c -> c < 0x80)) {
                    throw new IllegalArgumentException("bytes in ASCII");
                }
                bytes(content.getBytes(StandardCharsets.US_ASCII));
            }
            case 'y' -> bytes(hexadecimal(content));
            default -> bytes(base64(content));
        }
    }

    private void bytes(byte[] content) {
        key.bytes(content, 0, content.length);
    }

    private static BigInteger integer(String digits, int radix, String expected) {
        try {
            return new BigInteger(digits.replace("_", ""), radix);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected, e);
        }
    }

    private static byte[] hexadecimal(String digits) {
        try {
            return HexFormat.of().parseHex(digits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bytes in hexadecimal, two digits each", e);
        }
    }

    private static byte[] base64(String digits) {
        try {
            return Base64.getDecoder().decode(digits);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bytes in base 64", e);
        }
    }

    private PathSyntaxException error(int position, String found, String expected) {
        return new PathSyntaxException(
                "path '" + text + "': " + found + " at position " + (position + 1) + " (expected: " + expected + ")");
    }
}
