package distkv.server.session;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whose turn it is to do something that only one thread may do at a time, and that is to be done once more if somebody
 * asked for it meanwhile. What the one who had the turn has done is seen by the next one.
 */
final class SerialGate {
    private enum State {
        FREE,
        TAKEN,
        /** Taken, and asked for again. */
        WANTED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.FREE);

    /**
     * Asks for it to be done.
     *
     * @return true: the caller has the turn, and sees to it that it is done. False: the one who has it will do it again.
     */
    boolean take() {
        return state.getAndUpdate(now -> now == State.FREE ? State.TAKEN : State.WANTED) == State.FREE;
    }

    /** Whether somebody asked again, so that {@link #giveBack} would be in vain. Asked by the one who has the turn. */
    boolean isWanted() {
        return state.get() == State.WANTED;
    }

    /** Gives the turn back. False: it is to be done again, and the caller still has the turn. */
    boolean giveBack() {
        if (state.compareAndSet(State.TAKEN, State.FREE)) {
            return true;
        }
        state.set(State.TAKEN);
        return false;
    }
}
