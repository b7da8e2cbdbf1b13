package distkv.runner.balance;

import distkv.runner.group.Peer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a group, each with a number for as long as it is present or holds jobs. One that comes, goes or changes
 * costs no more than itself.
 */
final class Nodes {
    /** The number of this node, whether or not it is present. */
    static final int HERE = 0;

    /** If so many times as many nodes as matter are to be expected before this one, they are not counted. */
    private static final int CLEARLY = 2;

    /** One node, as this node sees it. */
    static final class NumberedNode {
        final String name;
        final int number;

        /** What it says of itself; {@code null}: it is not present. */
        @Nullable
        Peer peer;

        /** How many jobs count toward it. */
        int held;
        /** How many it has before others should have the next one. */
        int most = Integer.MAX_VALUE;

        private NumberedNode(String name, int number) {
            this.name = name;
            this.number = number;
        }

        double capacity() {
            return peer == null ? 1 : peer.capacity();
        }
    }

    private final Map<String, NumberedNode> byName = new HashMap<>();
    private @Nullable NumberedNode[] byNumber = new NumberedNode[4];
    private long[] hashes = new long[4];
    private final BitSet known = new BitSet();
    /** The other nodes that are present. */
    final BitSet others = new BitSet();
    /** How many of those that are present have each capacity. */
    private final Map<Double, Integer> capacities = new TreeMap<>();

    private int present;
    /** How many of them have a load that they cannot give away. */
    private int pinned;

    private long scores;

    Nodes(String here) {
        named(here);
    }

    NumberedNode here() {
        return numbered(HERE);
    }

    NumberedNode numbered(int number) {
        return Objects.requireNonNull(byNumber[number]);
    }

    @Nullable
    NumberedNode find(String name) {
        return byName.get(name);
    }

    /** The node of that name, from now on known; {@link #forget} undoes that. */
    NumberedNode named(String name) {
        NumberedNode node = byName.get(name);
        if (node == null) {
            int number = known.nextClearBit(HERE);
            node = new NumberedNode(name, number);
            if (number == byNumber.length) {
                byNumber = Arrays.copyOf(byNumber, 2 * number);
                hashes = Arrays.copyOf(hashes, 2 * number);
            }
            known.set(number);
            byNumber[number] = node;
            hashes[number] = RendezvousHash.hash(name);
            byName.put(name, node);
        }
        return node;
    }

    /** Gives up the number of a node that is not present and holds nothing. */
    void forget(NumberedNode node) {
        if (node.number != HERE && node.peer == null && node.held == 0) {
            byName.remove(node.name);
            byNumber[node.number] = null;
            known.clear(node.number);
        }
    }

    /** The node says this of itself now, or, with {@code null}, is not present any more. */
    void put(NumberedNode node, @Nullable Peer now) {
        if (node.peer != null) {
            present--;
            pinned -= node.peer.pinned() > 0 ? 1 : 0;
            capacities.merge(node.peer.capacity(), -1, (count, less) -> count + less == 0 ? null : count + less);
        }
        if (now != null) {
            present++;
            pinned += now.pinned() > 0 ? 1 : 0;
            capacities.merge(now.capacity(), 1, Integer::sum);
        }
        node.peer = now;
        others.set(node.number, now != null && node.number != HERE);
    }

    /** How many nodes are present. */
    int present() {
        return present;
    }

    /** Those that are present, this one first if it is. */
    NumberedNode[] all() {
        NumberedNode[] all = new NumberedNode[present];
        int count = 0;
        if (here().peer != null) {
            all[count++] = here();
        }
        for (int i = others.nextSetBit(0); i >= 0; i = others.nextSetBit(i + 1)) {
            all[count++] = numbered(i);
        }
        return all;
    }

    /** The score of the node with this number for the job with this key. */
    double score(long key, int number) {
        scores++;
        return areAlike()
                ? RendezvousHash.score(key, hashes[number])
                : RendezvousHash.score(key, hashes[number], numbered(number).capacity());
    }

    private boolean areAlike() {
        return capacities.size() <= 1;
    }

    /** Whether they bear the same, and have nothing yet, so that what all of them may run is shared evenly. */
    boolean areEqual() {
        return areAlike() && pinned == 0;
    }

    /**
     * How many of some other nodes come before this one for the job with this key. Whether it is {@code most} of them or
     * more does not matter: most often that is clear after a few scores, or from this node's own.
     */
    int before(long key, BitSet some, int most) {
        if (some.isEmpty() || most <= 0) {
            return 0;
        }
        double mine = score(key, HERE);
        if (areAlike() && (1 - mine) * some.cardinality() > CLEARLY * most) {
            return most;
        }
        int count = 0;
        for (int i = some.nextSetBit(0); i >= 0 && count < most; i = some.nextSetBit(i + 1)) {
            double other = score(key, i);
            boolean first = other > mine || (other == mine && numbered(i).name.compareTo(here().name) < 0);
            count += first ? 1 : 0;
        }
        return count;
    }

    /** How many scores were worked out so far. */
    long scores() {
        return scores;
    }
}
