package distkv.bench;

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

/** Row 21: what compaction leaves and costs, while a tree is rewritten as fast as that goes. */
final class CompactionRows {
    private static final int ENTRIES = 300_000;
    private static final int TIMES = 8;
    private static final int CONNECTIONS = 64;
    /** So many sets are not enough for a compaction to begin. */
    private static final int BEFORE = 60_000;

    private static final int IDLE_MILLIS = 10_000;
    private static final long LOOK_NANOS = 500_000_000;

    private CompactionRows() {}

    static List<Result> rows(Lab lab) throws Exception {
        try (Ours ours = lab.fresh("compaction", "server");
                Connection store = DriverManager.getConnection(
                        "jdbc:sqlite:" + lab.directory().resolve(Path.of("compaction-data", "store.db")))) {
            Loads.pipelined(ours.address(), 1024, Requests.fill("rows"), ENTRIES);
            Load load = new Load(ours.address(), store);
            double without = load.p99(BEFORE);
            double with = load.p99(TIMES * ENTRIES - BEFORE);
            double most = load.most / (double) ENTRIES;
            Thread.sleep(IDLE_MILLIS);
            double after = count(store) / (double) ENTRIES;
            lab.say("  set p99 " + Result.number(without) + " ms before the first compaction, " + Result.number(with)
                    + " ms from then on");
            return List.of(
                    new Result(
                            21,
                            "most rows an entry, 300,000 rewritten 8 times",
                            "rows",
                            most,
                            List.of(),
                            "≤ 2.5",
                            most <= 2.5),
                    new Result(
                            21,
                            "rows an entry after ten idle seconds",
                            "rows",
                            after,
                            List.of(),
                            "≤ 1.2",
                            after <= 1.2),
                    new Result(
                            21,
                            "set p99 during compaction, 64 connections",
                            "ms",
                            with,
                            List.of(new Result.Peer("before the first compaction", without)),
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

    /** Sets entries at random, one after another on each connection. */
    private static final class Load {
        private final InetSocketAddress server;
        private final Connection store;
        long most;

        Load(InetSocketAddress server, Connection store) {
            this.server = server;
            this.store = store;
        }

        /** Milliseconds from sending a set to its reply that 99 of 100 stay below. */
        double p99(int count) throws IOException, SQLException {
            Requests.Talk sets = Requests.sets("rows", ENTRIES);
            Loads.Samples samples = new Loads.Samples();
            IdentityHashMap<Crowd.Member, Long> sent = new IdentityHashMap<>();
            try (Crowd crowd = new Crowd(server, CONNECTIONS)) {
                for (Crowd.Member member : crowd.members()) {
                    member.ask(sets);
                    sent.put(member, System.nanoTime());
                }
                crowd.send();
                Loads.Counter replies = new Loads.Counter();
                long look = System.nanoTime();
                while (replies.count < count) {
                    crowd.turn((member, message) -> {
                        long now = System.nanoTime();
                        samples.add(now - sent.put(member, now));
                        replies.count++;
                        member.ask(sets);
                    });
                    if (System.nanoTime() - look > LOOK_NANOS) {
                        most = Math.max(most, count(store));
                        look = System.nanoTime();
                        // What waited meanwhile waited for this look.
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
