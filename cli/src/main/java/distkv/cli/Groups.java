package distkv.cli;

import distkv.model.Path;

/** The groups, or nodes, that have jobs. */
final class Groups {
    private Groups() {}

    /** Prints the groups that have jobs of this kind (and, if it is about one node, of that node). */
    static void print(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        JobScope some = new JobScope(scope.kind(), JobScope.DEFAULT_GROUP, scope.node());
        children(tree, some.jobs(tree.config()).parent(), printer);
    }

    /** Prints the nodes that have jobs of their own. */
    static void printNodes(Tree tree, Printer printer) throws InterruptedException {
        children(tree, tree.config().path("runner.prefix").child("at"), printer);
    }

    private static void children(Tree tree, Path path, Printer printer) throws InterruptedException {
        try (Printer.Listing listing = printer.listing()) {
            for (Path child : tree.children(path)) {
                Object name = child.elements().getLast();
                listing.row(String.valueOf(name), name);
            }
        }
    }
}
