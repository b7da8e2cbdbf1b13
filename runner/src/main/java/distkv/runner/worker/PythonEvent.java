package distkv.runner.worker;

/** What comes from the Python side. */
public sealed interface PythonEvent {
    /** A message. */
    record Received(Link link, FromPython message) implements PythonEvent {}

    /** The other side has closed the connection, or it was no worker. Nothing more comes from it. */
    record Closed(Link link) implements PythonEvent {}

    /** The parent process has ended, or could not be started. */
    record ParentEnded(String how) implements PythonEvent {}
}
