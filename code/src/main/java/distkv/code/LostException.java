package distkv.code;

import org.jspecify.annotations.Nullable;

/** This run has lost its claim, and another node may be running the job: it cannot write any more, and must end. */
public final class LostException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public LostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
