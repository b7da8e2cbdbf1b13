package distkv.store;

/** The store cannot do what it must: its file is broken or in use, it is closed, its disk is full. The message says which. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
