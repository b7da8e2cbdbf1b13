package distkv.server.memory;

/** An account of memory in bytes that can refuse to give more. Never waits. */
public interface MemoryQuota {
    /** Refuses nothing. */
    MemoryQuota UNLIMITED = new MemoryQuota() {
        @Override
        public boolean take(long bytes) {
            return true;
        }

        @Override
        public void give(long bytes) {}
    };

    /** Takes this many bytes; false, and nothing is taken, if that is too much. */
    boolean take(long bytes);

    /** Gives back what was taken. */
    void give(long bytes);
}
