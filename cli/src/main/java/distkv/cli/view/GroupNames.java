package distkv.cli.view;

import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.model.Path;
import distkv.schema.job.Kind;

/** The groups, or nodes, that have jobs. */
public final class GroupNames {
    private GroupNames() {}

    /** Prints the groups that have jobs of this kind (and, if it is about one node, of that node). */
    public static void print(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        JobScope some = new JobScope(scope.kind(), JobScope.DEFAULT_GROUP, scope.node(), false);
        children(tree, some.jobs(tree.config()).parent(), printer);
    }

    /** Prints the nodes that have jobs of their own. */
    public static void printNodes(TreeClient tree, Printer printer) throws InterruptedException {
        children(tree, tree.config().prefixes().runs().child(Kind.AT.word()), printer);
    }

    private static void children(TreeClient tree, Path path, Printer printer) throws InterruptedException {
        try (Printer.Listing listing = printer.listing()) {
            for (Path child : tree.children(path)) {
                Object name = child.elements().getLast();
                listing.row(String.valueOf(name), name);
            }
        }
    }
}
