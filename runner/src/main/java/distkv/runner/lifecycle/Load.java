package distkv.runner.lifecycle;

/**
 * What the runs of a node weigh; each weighs 1.
 *
 * @param total all of them
 * @param pinned those of jobs that are for this node, or for all nodes
 */
public record Load(double total, double pinned) {}
