package distkv.runner.balance;

import distkv.runner.group.Peer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many jobs each node should run, by water-filling: a pure function of nodes and jobs, so that all nodes agree on it. */
public final class WaterFilling {
    private static final double EPSILON = 1e-9;

    private WaterFilling() {}

    /** Jobs that ask for the same labels. */
    private record Demand(int[] able, int jobs) {}

    /**
     * Each node's share of the jobs, as a fraction: load divided by capacity is to be the same everywhere, as far as the
     * labels and the loads that cannot move allow it. Jobs that few nodes can run are placed first.
     *
     * @param wanted how many jobs there are for each set of labels that is asked for
     * @return the shares, in the order of the peers
     */
    public static double[] shares(List<Peer> peers, Map<Set<String>, Integer> wanted) {
        List<Demand> demands = new ArrayList<>();
        wanted.forEach((has, jobs) -> {
            int[] able = new int[peers.size()];
            int count = 0;
            for (int i = 0; i < peers.size(); i++) {
                if (peers.get(i).mayRun(has)) {
                    able[count++] = i;
                }
            }
            if (count > 0 && jobs > 0) {
                demands.add(new Demand(Arrays.copyOf(able, count), jobs));
            }
        });
        demands.sort(Comparator.comparingInt((Demand demand) -> demand.able().length)
                .thenComparing(Demand::able, Arrays::compare));
        double[] load = new double[peers.size()];
        for (int i = 0; i < load.length; i++) {
            load[i] = peers.get(i).pinned();
        }
        demands.forEach(demand -> pour(peers, load, demand));
        for (int i = 0; i < load.length; i++) {
            load[i] -= peers.get(i).pinned();
        }
        return load;
    }

    /** Adds jobs as water is poured into vessels that are connected: those that are fuller than the others get none. */
    private static void pour(List<Peer> peers, double[] load, Demand demand) {
        int[] open = demand.able();
        while (true) {
            double total = demand.jobs();
            double capacity = 0;
            for (int i : open) {
                total += load[i];
                capacity += peers.get(i).capacity();
            }
            double level = total / capacity;
            int[] below = new int[open.length];
            int count = 0;
            for (int i : open) {
                if (load[i] <= level * peers.get(i).capacity() + EPSILON) {
                    below[count++] = i;
                }
            }
            if (count == open.length) {
                for (int i : open) {
                    load[i] = level * peers.get(i).capacity();
                }
                return;
            }
            open = Arrays.copyOf(below, count);
        }
    }

    /** The most jobs that a node with this share runs before others should. */
    public static int most(double share) {
        return (int) Math.ceil(share - EPSILON);
    }
}
