package distkv.cli.view;

/** Whether a job runs at one place: on its one node, or for a job of all nodes on one of them. */
public sealed interface RunStatus {
    /**
     * Somebody has its claim.
     *
     * @param since unix time of the run's start; 0: the claim does not say
     */
    record Running(String node, double since) implements RunStatus {}

    /**
     * Its state still names a node, but nobody has its claim: the node, its runner or its lease is gone.
     *
     * @param away whether what comes next must wait until that node is back
     * @param why what is known of it, and what it waits for
     */
    record Lost(String node, boolean away, String why) implements RunStatus {}

    /** Nobody runs it. */
    record Idle() implements RunStatus {}
}
