package distkv.runner.worker;

/** What comes from the Python side. */
public sealed interface WorkerEvent {
    /** A message. */
    record Received(WorkerConnection connection, FromWorker message) implements WorkerEvent {}

    /** The other side has closed the connection, or it was no worker. Nothing more comes from it. */
    record Closed(WorkerConnection connection) implements WorkerEvent {}

    /** The parent process has ended, or could not be started. */
    record ParentEnded(String how) implements WorkerEvent {}
}
