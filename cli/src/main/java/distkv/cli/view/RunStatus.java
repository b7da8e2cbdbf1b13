package distkv.cli.view;

/** Whether a job runs: on its one node or, for a job for all nodes, on one of them. */
public sealed interface RunStatus {
    /**
     * A node holds its claim.
     *
     * @param since unix time of the run's start; 0: the claim does not say
     */
    record Running(String node, double since) implements RunStatus {}

    /**
     * Its state still names a node, but nobody holds its claim: the node, its runner or its session is gone.
     *
     * @param away whether the job must wait until that node is back
     * @param why how it was lost, and what it waits for
     */
    record Lost(String node, boolean away, String why) implements RunStatus {}

    /** Nobody runs it. */
    record Idle() implements RunStatus {}
}
