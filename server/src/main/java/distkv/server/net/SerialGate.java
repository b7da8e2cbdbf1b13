package distkv.server.net;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets one thread at a time do a piece of work, and has it done once more if somebody asked for it meanwhile. What one
 * holder of the gate has done is visible to the next.
 */
final class SerialGate {
    private enum State {
        FREE,
        HELD,
        /** Held, and the work was asked for again. */
        REQUESTED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.FREE);

    /**
     * Asks for the work to be done.
     *
     * @return true: the caller holds the gate and sees to the work; false: the current holder will do it again
     */
    boolean enter() {
        return state.getAndUpdate(now -> now == State.FREE ? State.HELD : State.REQUESTED) == State.FREE;
    }

    /** Whether the work was asked for again, so that {@link #leave} would fail. Called by the holder. */
    boolean isRequested() {
        return state.get() == State.REQUESTED;
    }

    /** Gives the gate back. False: the work is to be done again, and the caller still holds the gate. */
    boolean leave() {
        if (state.compareAndSet(State.HELD, State.FREE)) {
            return true;
        }
        state.set(State.HELD);
        return false;
    }
}
