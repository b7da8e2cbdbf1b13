package distkv.worker;

/** The change whose message a thread of a job handles: the cause of what it writes. Threads that it starts inherit it. */
final class EventCause {
    private static final ThreadLocal<Long> TICK = new InheritableThreadLocal<>();

    private EventCause() {}

    /** The tick of the change; 0 if this thread handles none. */
    static long get() {
        Long tick = TICK.get();
        return tick == null ? 0 : tick;
    }

    /** From now on this thread handles the change of a tick; 0 for none. */
    static void set(long tick) {
        TICK.set(tick);
    }
}
