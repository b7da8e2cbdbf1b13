package distkv.bench;

import distkv.bench.load.ConnectionMultiplexer;
import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.List;

/** Row 21: how many rows compaction leaves, and what it costs, while a tree is rewritten at full speed. */
final class CompactionRows {
    private static final int ENTRIES = 300_000;
    private static final int TIMES = 8;
    private static final int CONNECTIONS = 64;
    /** How many sets do not start a compaction yet. */
    private static final int BEFORE = 60_000;

    private static final int IDLE_MILLIS = 10_000;
    private static final long LOOK_NANOS = 500_000_000;

    private CompactionRows() {}

    static List<BenchResult> rows(Testbed testbed) throws Exception {
        try (DistkvServer ours = testbed.fresh("compaction", "server");
                Connection store = DriverManager.getConnection(
                        "jdbc:sqlite:" + testbed.directory().resolve(Path.of("compaction-data", "store.db")))) {
            LoadGenerator.pipelined(ours.address(), 1024, Requests.fill("rows"), ENTRIES);
            Load load = new Load(ours.address(), store);
            double without = load.p99(BEFORE);
            double with = load.p99(TIMES * ENTRIES - BEFORE);
            double most = load.most / (double) ENTRIES;
            Thread.sleep(IDLE_MILLIS);
            double after = count(store) / (double) ENTRIES;
            testbed.say("  set p99 " + BenchResult.number(without) + " ms before the first compaction, "
                    + BenchResult.number(with) + " ms from then on");
            return List.of(
                    new BenchResult(
                            21,
                            "most rows an entry, 300,000 rewritten 8 times",
                            "rows",
                            most,
                            List.of(),
                            "≤ 2.5",
                            most <= 2.5),
                    new BenchResult(
                            21,
                            "rows an entry after ten idle seconds",
                            "rows",
                            after,
                            List.of(),
                            "≤ 1.2",
                            after <= 1.2),
                    new BenchResult(
                            21,
                            "set p99 during compaction, 64 connections",
                            "ms",
                            with,
                            List.of(new BenchResult.PeerFigure("before the first compaction", without)),
                            "≤ 2 × without",
                            with <= 2 * without));
        }
    }

    private static long count(Connection store) throws SQLException {
        try (Statement statement = store.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM change")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Sets random entries, one after another on each connection. */
    private static final class Load {
        private final InetSocketAddress server;
        private final Connection store;
        long most;

        Load(InetSocketAddress server, Connection store) {
            this.server = server;
            this.store = store;
        }

        /** The 99th percentile of the time from a set to its reply, in milliseconds. */
        double p99(int count) throws IOException, SQLException {
            Requests.Talk sets = Requests.sets("rows", ENTRIES);
            LoadGenerator.Samples samples = new LoadGenerator.Samples();
            IdentityHashMap<ConnectionMultiplexer.Participant, Long> sent = new IdentityHashMap<>();
            try (ConnectionMultiplexer connections = new ConnectionMultiplexer(server, CONNECTIONS)) {
                for (ConnectionMultiplexer.Participant member : connections.members()) {
                    member.ask(sets);
                    sent.put(member, System.nanoTime());
                }
                connections.send();
                int[] replies = new int[1];
                long look = System.nanoTime();
                while (replies[0] < count) {
                    connections.turn((member, message) -> {
                        long now = System.nanoTime();
                        samples.add(now - sent.put(member, now));
                        replies[0]++;
                        member.ask(sets);
                    });
                    if (System.nanoTime() - look > LOOK_NANOS) {
                        most = Math.max(most, count(store));
                        look = System.nanoTime();
                        // Requests that waited meanwhile waited for this query.
                        long now = look;
                        sent.replaceAll((member, then) -> now);
                    }
                }
            }
            most = Math.max(most, count(store));
            return samples.quantile(0.99) / 1e6;
        }
    }
}
