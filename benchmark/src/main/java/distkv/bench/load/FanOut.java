package distkv.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;

/** One writer, many watchers, each on a connection of its own: every set must reach every watcher. */
public final class FanOut {
    private static final int WATCHERS = 50;

    private FanOut() {}

    /**
     * Deliveries per second until the last one has arrived. Each set is to another entry, so that no delivery can stand
     * for several.
     *
     * @param window how many sets may be unanswered
     */
    public static double deliveries(InetSocketAddress server, int window, int sets) throws IOException {
        String name = "fan" + System.nanoTime();
        Requests.Talk set = Requests.fill(name);
        try (ConnectionMultiplexer connections = new ConnectionMultiplexer(server, WATCHERS + 1)) {
            ConnectionMultiplexer.Participant writer = connections.members().getFirst();
            LoadGenerator.Counter seen = new LoadGenerator.Counter();
            LoadGenerator.Counter watching = new LoadGenerator.Counter();
            connections.members().stream().skip(1).forEach(member -> member.ask(Requests.watch(name)));
            connections.send();
            while (watching.count < WATCHERS) {
                connections.turn((member, message) -> watching.count++);
            }
            LoadGenerator.Counter asked = new LoadGenerator.Counter();
            long start = System.nanoTime();
            for (; asked.count < window; asked.count++) {
                writer.ask(set);
            }
            connections.send();
            long expected = (long) WATCHERS * sets;
            while (seen.count < expected) {
                connections.turn((member, message) -> {
                    if (member != writer) {
                        seen.count += message.item() ? 1 : 0;
                    } else if (asked.count < sets) {
                        asked.count++;
                        member.ask(set);
                    }
                });
            }
            return LoadGenerator.rate(expected, start);
        }
    }
}
