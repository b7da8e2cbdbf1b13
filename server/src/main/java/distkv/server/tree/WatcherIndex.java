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
 * All watchers by the paths whose subtrees they follow. A change looks up only its own path and the paths above, however many
 * watchers there are. Guarded by the lock of the {@link Replica}.
 */
final class WatcherIndex {
    private final Map<Path, Set<Watcher>> byRoot = new HashMap<>();

    /** The number of watched paths by their length, so that most paths above a change need no lookup. */
    private int[] lengths = new int[8];

    private final List<Watcher> touched = new ArrayList<>();

    void add(Watcher watcher) {
        for (Path root : watcher.scope().roots()) {
            Set<Watcher> there = byRoot.get(root);
            if (there == null) {
                there = new LinkedHashSet<>(2);
                byRoot.put(root, there);
                count(root.length(), 1);
            }
            there.add(watcher);
        }
    }

    void remove(Watcher watcher) {
        for (Path root : watcher.scope().roots()) {
            Set<Watcher> there = byRoot.get(root);
            if (there != null && there.remove(watcher) && there.isEmpty()) {
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

    /** Offers the changes of a batch to their watchers; returns these, each once. Valid until the next call. */
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
                for (Watcher watcher : there) {
                    if (watcher.scope()
                            .depths()
                            .contains(length - watcher.scope().top().length())) {
                        watcher.offer(change, there.size());
                        if (watcher.touched != revision) {
                            watcher.touched = revision;
                            touched.add(watcher);
                        }
                    }
                }
            }
            if (elements < length) {
                end = PathKey.skip(key, end);
            }
        }
    }

    /** Makes all watchers LOST, since their changes are not available; returns them. */
    List<Watcher> loseAll() {
        touched.clear();
        for (Set<Watcher> there : byRoot.values()) {
            for (Watcher watcher : there) {
                watcher.lose();
                touched.add(watcher);
            }
        }
        return touched;
    }
}
