package distkv.runner.group;

import java.util.Locale;

/**
 * How much of its group a runner sees.
 *
 * @param count how many nodes it sees, its own included
 * @param wanted how many the group should have; 0: two or more
 */
public record GroupState(Level level, int count, int wanted) {

    public enum Level {
        COMPLETE,
        PARTIAL,
        DETACHED,
        BROKEN;

        /** The word of the worker protocol. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a runner knows of its group.
     *
     * @param synchronised whether everything that is in the store has been read once
     * @param connected whether the server answers
     * @param expired whether the session may have ended, since no renewal was answered in time
     * @param contested whether a runner of the original serves the group, too
     * @param present whether its own presence is in the store
     */
    public record Facts(
            boolean synchronised,
            boolean connected,
            boolean expired,
            boolean contested,
            boolean present,
            int count,
            int wanted) {}

    /** The state of the group in that view. */
    public static GroupState of(Facts view) {
        return new GroupState(level(view), view.count(), view.wanted());
    }

    private static Level level(Facts view) {
        if (!view.synchronised()) {
            return Level.BROKEN;
        }
        if (view.expired()) {
            return Level.DETACHED;
        }
        if (view.contested() || (view.connected() && !view.present())) {
            return Level.BROKEN;
        }
        if (view.count() <= 1) {
            return Level.DETACHED;
        }
        return view.wanted() == 0 || view.count() >= view.wanted() ? Level.COMPLETE : Level.PARTIAL;
    }
}
