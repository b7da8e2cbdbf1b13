package distkv.bench;

import java.util.List;

/** A row of the benchmark: its number, its title, and how it is measured. */
record BenchRow(int number, String title, Measurement measurement) {
    /** Measures us and the peers. */
    interface Measurement {
        List<BenchResult> in(Testbed testbed) throws Exception;
    }

    /** All rows, in the order in which they run. */
    static List<BenchRow> all() {
        return List.of(
                new BenchRow(1, "get, 64 connections", RequestRows::gets),
                new BenchRow(2, "get, one after another", RequestRows::serialGets),
                new BenchRow(3, "set, durable before the reply, 64 connections", RequestRows::sets),
                new BenchRow(4, "set, durable, one after another", RequestRows::serialSets),
                new BenchRow(5, "a set seen by a watcher on another connection", WatchRows::seen),
                new BenchRow(6, "deliveries, one writer, 50 watchers", WatchRows::deliveries),
                new BenchRow(7, "get_tree of 10,000 entries", WatchRows::tree),
                new BenchRow(8, "memory per entry at 1 M entries", SizeRows::memory),
                new BenchRow(9, "server start with 1 M entries", SizeRows::start),
                new BenchRow(10, "distkv client data get, whole process", ProcessRows::client),
                new BenchRow(11, "distkv up, empty store", ProcessRows::up),
                new BenchRow(12, "how soon a job runs", JobRows::starts),
                new BenchRow(13, "1,000 jobs due at once", JobLoadRows::thousand),
                new BenchRow(14, "how soon a job has reacted", JobRows::reactions),
                new BenchRow(15, "events into one job", JobLoadRows::events),
                new BenchRow(16, "calls of stored procedures", CallRows::calls),
                new BenchRow(17, "failover of any-node jobs", GroupRows::failover),
                new BenchRow(18, "1,000 any-node jobs over 8 runners", GroupRows::balance),
                new BenchRow(20, "large groups", LargeGroupRows::rows),
                new BenchRow(21, "compaction while 300,000 entries are rewritten", CompactionRows::rows),
                new BenchRow(27, "get with TLS, 64 connections", TlsRows::gets),
                new BenchRow(28, "gets while somebody tries wrong passwords", PasswordRows::gets));
    }
}
