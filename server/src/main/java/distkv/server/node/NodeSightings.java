package distkv.server.node;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.model.process.VitalThreads;
import distkv.protocol.Values;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.store.Store;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** When each node was connected last: exactly since the start of this server, and to a minute before that. */
final class NodeSightings {
    private static final Path SEEN = Snapshot.SERVER_STATE.child("node");

    /** How often the time of a node is written at most, in seconds. */
    private static final double PERIOD = 60;

    private static final System.Logger LOG = System.getLogger(NodeSightings.class.getName());

    private final Store store;
    private final Replica replica;
    private final InstantSource clock;
    private final Map<String, Double> seen = new ConcurrentHashMap<>();
    private final Map<String, Double> written = new ConcurrentHashMap<>();

    NodeSightings(Store store, Replica replica, InstantSource clock) {
        this.store = store;
        this.replica = replica;
        this.clock = clock;
    }

    /** A node has connected, or is about to be gone. Does not wait. */
    void note(String node) {
        double now = clock.millis() / 1e3;
        seen.put(node, now);
        Double before = written.get(node);
        if (before == null || Math.abs(now - before) >= PERIOD) {
            written.put(node, now);
            Write write = Write.set(SEEN.child(node), Values.encode(now), Expectation.anything());
            VitalThreads.virtual("distkv-node-seen", () -> commit(write)).start();
        }
    }

    private void commit(Write write) {
        try {
            // Without it, the list shows an earlier time after a restart.
            var _ = store.commit(Commit.of(write));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "the store has stopped", e);
        }
    }

    /** Unix time in seconds; 0 if it has never been connected. */
    double last(String node) {
        Double here = seen.get(node);
        if (here != null) {
            return here;
        }
        Entry entry = replica.snapshot().get(SEEN.child(node));
        return entry != null && entry.value() != null && Values.decode(entry.value()) instanceof Number time
                ? time.doubleValue()
                : 0;
    }
}
