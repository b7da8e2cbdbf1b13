package distkv.schema.code;

/** How a procedure is run: its {@code is_async} of true, nil and false. */
public enum Mode {
    /** On the event loop of a worker that it shares. */
    ASYNC("async"),
    /** Alone in its worker, in the main thread. */
    SYNC("sync"),
    /** In a thread of a worker that it shares. */
    THREAD("thread");

    private final String word;

    Mode(String word) {
        this.word = word;
    }

    /** The word of the worker protocol. */
    public String word() {
        return word;
    }
}
