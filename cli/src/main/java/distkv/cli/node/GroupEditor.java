package distkv.cli.node;

import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import distkv.schema.group.GroupSettings;
import org.jspecify.annotations.Nullable;

/** Changes the settings of a group of nodes. */
record GroupEditor(TreeClient tree, String group) {
    static GroupEditor of(TreeClient tree, JobScope scope, String command) {
        if (scope.isEvery()) {
            throw new UsageException("-g - (expected: the name of a group)");
        } else if (!scope.node().isEmpty()) {
            throw new UsageException("-n (expected: no -n, since '" + command + "' is about a group of nodes)");
        }
        return new GroupEditor(tree, scope.group());
    }

    Path path() {
        return tree.config().prefixes().groups().child(group);
    }

    /** @param count how many nodes it should have; {@code null}: two or more */
    TreeClient.Written setNodes(@Nullable Long count) throws InterruptedException {
        return tree.change(path(), old -> EntryContent.of(GroupSettings.withNodes(old.value(), count)));
    }

    TreeClient.Written setDrained(String node, boolean isDrained) throws InterruptedException {
        return tree.change(path(), old -> EntryContent.of(GroupSettings.withDrained(old.value(), node, isDrained)));
    }
}
