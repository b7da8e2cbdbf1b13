package distkv.runner.worker;

/** An event from the parent process or a worker. */
public sealed interface WorkerEvent {
    /** A message. */
    record Received(WorkerConnection connection, FromWorker message) implements WorkerEvent {}

    /** The connection has ended, or carried something that is not a message. Nothing more is read from it. */
    record Closed(WorkerConnection connection) implements WorkerEvent {}

    /** The parent process has ended, or could not be started. */
    record ParentEnded(String how) implements WorkerEvent {}
}
