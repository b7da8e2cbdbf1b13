package distkv.cli;

/** The command could not do what it was asked for; its message says why and what to do. Exit code 1. */
final class FailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FailedException(String message) {
        super(message);
    }

    FailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
