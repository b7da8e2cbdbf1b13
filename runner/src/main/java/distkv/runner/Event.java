package distkv.runner;

import distkv.client.Session;
import distkv.model.Entry;
import distkv.runner.accept.RevisionRecorder;
import distkv.runner.group.Heartbeat;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.worker.WorkerEvent;

/** What the decision thread is told. */
sealed interface Event {
    /** An entry of a feed was written or deleted. */
    record Changed(Feed feed, Entry entry) implements Event {}

    /** All that the server has for the feeds is in. */
    record Current() implements Event {}

    /** The connection is away, and with it the news of the feeds. */
    record CutOff() implements Event {}

    /** A commit was made, or not. */
    record Committed(JobEvent.Committed event) implements Event {}

    /** Something comes from parent or workers. */
    record Worker(WorkerEvent event) implements Event {}

    /** A line that parent or workers have printed. */
    record Printed(String line) implements Event {}

    /** There is a session, and the presence of this runner is bound to it. */
    record Opened(Session session) implements Event {}

    /** A runner of the original was heard on that topic. */
    record ForeignHeartbeat(String topic, Heartbeat heartbeat) implements Event {}

    /** The server does not let this runner in any more, for this reason. */
    record Refused(String why) implements Event {}

    /** The runner is to stop. */
    record Stop() implements Event {}

    /** What was accepted is written down, or could not be. */
    record Recorded(RevisionRecorder.RecordOutcome outcome) implements Event {}

    /** Nothing in particular: the connection or the session has changed. */
    record Nudge() implements Event {}
}
