package distkv.runner.schedule;

import distkv.schema.job.Reason;

/** Whether a job that nobody runs is to start. */
public sealed interface Decision {
    /** What its state says about it. */
    Reason reason();

    /** Now; it has been due since then. */
    record Start(double due, Reason reason) implements Decision {}

    /** Not before that time. */
    record WaitUntil(double time, Reason reason) implements Decision {}

    /** Not unless its entry, its state or its code changes. */
    record Nothing(Reason reason) implements Decision {}

    /** Not as it is: a decision that is an error, to be recorded as such. */
    record Refuse(Reason reason, String message) implements Decision {}
}
