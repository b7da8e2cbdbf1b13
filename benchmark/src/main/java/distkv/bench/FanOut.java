package distkv.bench;

import java.io.IOException;
import java.net.InetSocketAddress;

/** One writer, many watchers, each on a connection of its own: every set must reach every watcher. */
final class FanOut {
    private static final int WATCHERS = 50;

    private FanOut() {}

    /**
     * Deliveries per second, until the last one has arrived. Every set is to another entry, so that none can stand for
     * several.
     *
     * @param window how many sets the writer has unanswered at most
     */
    static double deliveries(InetSocketAddress server, int window, int sets) throws IOException {
        String name = "fan" + System.nanoTime();
        Requests.Talk set = Requests.fill(name);
        try (Crowd crowd = new Crowd(server, WATCHERS + 1)) {
            Crowd.Member writer = crowd.members().getFirst();
            Loads.Counter seen = new Loads.Counter();
            Loads.Counter watching = new Loads.Counter();
            crowd.members().stream().skip(1).forEach(member -> member.ask(Requests.watch(name)));
            crowd.send();
            while (watching.count < WATCHERS) {
                crowd.turn((member, message) -> watching.count++);
            }
            Loads.Counter asked = new Loads.Counter();
            long start = System.nanoTime();
            for (; asked.count < window; asked.count++) {
                writer.ask(set);
            }
            crowd.send();
            long expected = (long) WATCHERS * sets;
            while (seen.count < expected) {
                crowd.turn((member, message) -> {
                    if (member != writer) {
                        seen.count += message.item() ? 1 : 0;
                    } else if (asked.count < sets) {
                        asked.count++;
                        member.ask(set);
                    }
                });
            }
            return Loads.rate(expected, start);
        }
    }
}
