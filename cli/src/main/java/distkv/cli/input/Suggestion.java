package distkv.cli.input;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Suggests a name that may have been meant by one that does not exist. */
public final class Suggestion {
    private static final int CLOSE = 3;

    private Suggestion() {}

    /** A question whether one of these names was meant, if one is spelled alike. */
    public static Optional<String> among(String given, List<String> names) {
        return names.stream()
                .filter(name -> distance(given, name) < Math.min(CLOSE, given.length()))
                .min(Comparator.comparingInt((String name) -> distance(given, name)))
                .map(Suggestion::question);
    }

    /** A question whether this name was meant. */
    public static String question(String name) {
        return "did you mean '" + name + "'?";
    }

    /** How many letters must be changed, added or removed to make one word of the other. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
