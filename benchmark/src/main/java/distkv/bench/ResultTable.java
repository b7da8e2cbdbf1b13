package distkv.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Formats results as a table with one line for each peer. */
final class ResultTable {
    private static final List<String> HEAD = List.of("row", "measure", "value", "peer", "ratio", "target", "met");

    private ResultTable() {}

    static String of(List<BenchResult> results) {
        List<List<String>> lines = new ArrayList<>(List.of(HEAD));
        for (BenchResult result : results) {
            List<String> line = List.of(
                    "" + result.row(),
                    result.measure(),
                    BenchResult.number(result.value()) + " " + result.unit(),
                    "",
                    "",
                    result.target(),
                    result.met() ? "yes" : "NO");
            List<String> next = new ArrayList<>(line);
            for (BenchResult.PeerFigure peer : result.peers()) {
                next.set(3, peer.name() + ": " + BenchResult.number(peer.value()));
                next.set(4, BenchResult.number(result.value() / peer.value()));
                lines.add(next);
                next = new ArrayList<>(Collections.nCopies(HEAD.size(), ""));
            }
            if (result.peers().isEmpty()) {
                lines.add(line);
            }
        }
        return print(lines);
    }

    private static String print(List<List<String>> lines) {
        int[] widths = new int[HEAD.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                row.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
