package distkv.server.tree;

/** Memory that somebody may use, in bytes, and who has how much of it. Any thread may call this; it never waits. */
public interface MemoryQuota {
    /** As much as anybody wants. */
    MemoryQuota UNLIMITED = new MemoryQuota() {
        @Override
        public boolean take(long bytes) {
            return true;
        }

        @Override
        public void give(long bytes) {}
    };

    /** Takes some; false, and then nothing is taken, if that is too much. */
    boolean take(long bytes);

    /** Gives back what was taken. */
    void give(long bytes);
}
