package distkv.server.tree;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.PathKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All watches, found by the paths whose subtrees they follow. A change looks only at those of its own path and its
 * parents, however many others there are. Guarded by the {@link Replica}'s lock.
 */
final class WatcherIndex {
    private final Map<Path, Set<Watcher>> byRoot = new HashMap<>();

    /** How many watched paths have this number of elements, so that most parents of a change need no look-up. */
    private int[] lengths = new int[8];

    private final List<Watcher> touched = new ArrayList<>();

    void add(Watcher watch) {
        for (Path root : watch.scope().roots()) {
            Set<Watcher> there = byRoot.get(root);
            if (there == null) {
                there = new LinkedHashSet<>(2);
                byRoot.put(root, there);
                count(root.length(), 1);
            }
            there.add(watch);
        }
    }

    void remove(Watcher watch) {
        for (Path root : watch.scope().roots()) {
            Set<Watcher> there = byRoot.get(root);
            if (there != null && there.remove(watch) && there.isEmpty()) {
                byRoot.remove(root);
                count(root.length(), -1);
            }
        }
    }

    private void count(int length, int by) {
        if (length >= lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * length);
        }
        lengths[length] += by;
    }

    /** Gives each change of a batch to the watches that want it; returns these, each once, until the next call. */
    List<Watcher> offer(long revision, List<Entry> changes) {
        touched.clear();
        for (Entry change : changes) {
            offer(revision, change);
        }
        return touched;
    }

    private void offer(long revision, Entry change) {
        byte[] key = change.path().key();
        boolean internal = change.path().startsWith(Snapshot.INTERNAL);
        int length = change.path().length();
        int end = 0;
        for (int elements = 0; elements <= length && elements < lengths.length; elements++) {
            if (lengths[elements] > 0 && !(internal && elements == 0)) {
                Path root = elements == length ? change.path() : Path.ofTrustedKey(Arrays.copyOf(key, end));
                Set<Watcher> there = byRoot.getOrDefault(root, Set.of());
                for (Watcher watch : there) {
                    if (watch.scope()
                            .depths()
                            .contains(length - watch.scope().top().length())) {
                        watch.offer(change, there.size());
                        if (watch.touched != revision) {
                            watch.touched = revision;
                            touched.add(watch);
                        }
                    }
                }
            }
            if (elements < length) {
                end = PathKey.skip(key, end);
            }
        }
    }

    /** Ends all watches: the changes that they wait for cannot be had. Returns them. */
    List<Watcher> loseAll() {
        touched.clear();
        for (Set<Watcher> there : byRoot.values()) {
            for (Watcher watch : there) {
                watch.lose();
                touched.add(watch);
            }
        }
        return touched;
    }
}
