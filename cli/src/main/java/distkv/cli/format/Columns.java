package distkv.cli.format;

import java.util.ArrayList;
import java.util.List;

/** Text in columns, for people. */
public final class Columns {
    private static final String GAP = "  ";

    private Columns() {}

    /** Rows of cells as lines, each column as wide as it must be. */
    public static List<String> lines(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).repeat(' ', widths.get(i) - row.get(i).length());
                line.append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** A duration in the largest unit that it has at least two of: {@code 90s}, {@code 5m}, {@code 7h}, {@code 3d}. */
    public static String duration(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        if (whole < 120) {
            return whole + "s";
        } else if (whole < 2 * 3_600) {
            return whole / 60 + "m";
        }
        return whole < 2 * 86_400 ? whole / 3_600 + "h" : whole / 86_400 + "d";
    }
}
