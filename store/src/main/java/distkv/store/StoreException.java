package distkv.store;

/** The store cannot work: it is closed, its file is damaged or in use, or its disk is full. The message says which. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
