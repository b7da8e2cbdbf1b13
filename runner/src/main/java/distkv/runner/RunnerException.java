package distkv.runner;

/** A runner could not start. The message says what is missing and what was expected. */
public final class RunnerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RunnerException(String message) {
        super(message);
    }
}
