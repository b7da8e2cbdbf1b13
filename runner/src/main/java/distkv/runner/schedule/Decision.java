package distkv.runner.schedule;

/** Whether a job that nobody runs is to start. */
public sealed interface Decision {
    /** What its state says about it. */
    String reason();

    /** Now; it has been due since then. */
    record Start(double due, String reason) implements Decision {}

    /** Not before that time. */
    record WaitUntil(double time, String reason) implements Decision {}

    /** Not unless its entry, its state or its code changes. */
    record Nothing(String reason) implements Decision {}

    /** Not as it is: a decision that is an error, to be recorded as such. */
    record Refuse(String reason, String message) implements Decision {}
}
