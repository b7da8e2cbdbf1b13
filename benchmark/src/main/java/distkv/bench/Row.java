package distkv.bench;

import java.util.List;

/** One row of the table of targets: its number, what it measures, and how. */
record Row(int number, String title, Measurement measurement) {
    /** Measures us and the peers. */
    interface Measurement {
        List<Result> in(Lab lab) throws Exception;
    }

    /** All rows, in the order in which they run. */
    static List<Row> all() {
        return List.of(
                new Row(1, "get, 64 connections", RequestRows::gets),
                new Row(2, "get, one after another", RequestRows::serialGets),
                new Row(3, "set, durable before the reply, 64 connections", RequestRows::sets),
                new Row(4, "set, durable, one after another", RequestRows::serialSets),
                new Row(5, "a set seen by a watcher on another connection", WatchRows::seen),
                new Row(6, "deliveries, one writer, 50 watchers", WatchRows::deliveries),
                new Row(7, "get_tree of 10,000 entries", WatchRows::tree),
                new Row(8, "memory per entry at 1 M entries", SizeRows::memory),
                new Row(9, "server start with 1 M entries", SizeRows::start),
                new Row(10, "distkv client data get, whole process", ProcessRows::client),
                new Row(11, "distkv up, empty store", ProcessRows::up),
                new Row(12, "how soon a job runs", JobRows::starts),
                new Row(13, "1,000 jobs due at once", JobLoadRows::thousand),
                new Row(14, "how soon a job has reacted", JobRows::reactions),
                new Row(15, "events into one job", JobLoadRows::events),
                new Row(16, "calls of stored procedures", CallRows::calls),
                new Row(17, "failover of any-node jobs", GroupRows::failover),
                new Row(18, "1,000 any-node jobs over 8 runners", GroupRows::balance),
                new Row(21, "compaction while 300,000 entries are rewritten", CompactionRows::rows));
    }
}
