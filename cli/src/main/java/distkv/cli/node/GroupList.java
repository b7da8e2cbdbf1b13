package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.GroupView;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the nodes of a group. */
@Command(
        name = "list",
        description = {
            "Show a group: its state, and for each node the kinds of job that it runs, its load and capacity, its"
                    + " labels, and how many jobs run there. With 'run -g -': every group."
        },
        footer = {"", "Example:", "  distkv client run -g house group list"})
public final class GroupList implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        if (!scope.isEvery()) {
            GroupEditor.of(tree, scope, "group list");
            printer.document(GroupView.read(tree, scope.group()).shown());
            return 0;
        }
        TreeSet<Path> names =
                new TreeSet<>(tree.children(tree.config().prefixes().presence()));
        names.addAll(tree.children(tree.config().prefixes().groups()));
        Map<Object, Object> groups = new LinkedHashMap<>();
        for (Path name : names) {
            String group = String.valueOf(name.elements().getLast());
            groups.put(group, GroupView.read(tree, group).shown());
        }
        printer.document(groups);
        return 0;
    }
}
