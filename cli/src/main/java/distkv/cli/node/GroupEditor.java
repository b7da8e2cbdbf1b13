package distkv.cli.node;

import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The entry of a group of nodes: how many it should have, and which of them are to run no jobs for any node. */
record GroupEditor(TreeClient tree, String group) {
    private static final String NODES = "nodes";
    private static final String DRAIN = "drain";

    static GroupEditor of(TreeClient tree, JobScope scope, String command) {
        if (scope.isEvery()) {
            throw new UsageException("-g - (expected: the name of a group)");
        } else if (!scope.node().isEmpty()) {
            throw new UsageException("-n (expected: no -n, since '" + command + "' is about a group of nodes)");
        }
        return new GroupEditor(tree, scope.group());
    }

    Path path() {
        return tree.config().path("runner.group").child(group);
    }

    /** @param count how many nodes it should have; {@code null}: two or more */
    TreeClient.Written setNodes(@Nullable Long count) throws InterruptedException {
        return change(NODES, count);
    }

    TreeClient.Written drain(String node) throws InterruptedException {
        return changeDrained(node, true);
    }

    TreeClient.Written undrain(String node) throws InterruptedException {
        return changeDrained(node, false);
    }

    private TreeClient.Written changeDrained(String node, boolean drained) throws InterruptedException {
        return tree.change(path(), old -> {
            Map<Object, @Nullable Object> entry = map(old);
            TreeSet<String> nodes = new TreeSet<>();
            if (entry.get(DRAIN) instanceof List<?> list) {
                list.forEach(name -> nodes.add(String.valueOf(name)));
            }
            if (drained) {
                nodes.add(node);
            } else {
                nodes.remove(node);
            }
            put(entry, DRAIN, nodes.isEmpty() ? null : new ArrayList<>(nodes));
            return EntryContent.of(entry);
        });
    }

    private TreeClient.Written change(String key, @Nullable Object value) throws InterruptedException {
        return tree.change(path(), old -> {
            Map<Object, @Nullable Object> entry = map(old);
            put(entry, key, value);
            return EntryContent.of(entry);
        });
    }

    private static Map<Object, @Nullable Object> map(EntryContent old) {
        return old.value() instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : new LinkedHashMap<>();
    }

    private static void put(Map<Object, @Nullable Object> entry, String key, @Nullable Object value) {
        if (value == null) {
            entry.remove(key);
        } else {
            entry.put(key, value);
        }
    }
}
