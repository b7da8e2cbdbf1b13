package distkv.code;

/** The job was told to end: let it propagate. */
public final class CancelledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public CancelledException() {
        super("the job was told to end");
    }
}
