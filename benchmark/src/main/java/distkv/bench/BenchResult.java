package distkv.bench;

import java.util.List;
import java.util.Locale;

/**
 * The result of a row.
 *
 * @param target the target, in words
 * @param met whether the target is met
 */
record BenchResult(
        int row, String measure, String unit, double value, List<PeerFigure> peers, String target, boolean met) {
    /** The result of a peer in the same run. */
    record PeerFigure(String name, double value) {}

    /** One JSON object for each peer, or one without a peer. */
    List<String> json() {
        return peers.isEmpty()
                ? List.of(json("null", "null", "null"))
                : peers.stream()
                        .map(peer -> json(quote(peer.name), number(peer.value), number(value / peer.value)))
                        .toList();
    }

    private String json(String peer, String peerValue, String ratio) {
        return ("{\"row\": %d, \"measure\": %s, \"unit\": %s, \"value\": %s, \"peer\": %s, \"peer_value\": %s,"
                        + " \"ratio\": %s, \"target\": %s, \"met\": %b}")
                .formatted(row, quote(measure), quote(unit), number(value), peer, peerValue, ratio, quote(target), met);
    }

    /** Four significant digits, and no exponent. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        double size = Math.abs(value);
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
