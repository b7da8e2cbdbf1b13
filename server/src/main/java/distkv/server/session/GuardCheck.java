package distkv.server.session;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the guards of writes that the store is not asked for: those of a run on standby, which are never done, and those
 * that have nothing to do. Used by whoever has the session's turn to read, and may wait.
 */
final class GuardCheck {
    private GuardCheck() {}

    /** Why nothing is written, if one of these is a claim on standby; {@code null} if none is. */
    static Reply.@Nullable Failed standby(Connection session, Seq seq, List<Guard> guards) {
        for (Guard guard : guards) {
            if (guard.isStandby()) {
                Entry there = there(session, guard);
                Path shown = RequestPaths.shown(session.root(), guard.path());
                return holds(guard, there)
                        ? ErrorReplies.notYet(seq, shown, guard.tick(), session.tock())
                        : ErrorReplies.guard(seq, shown, there, session.tock());
            }
        }
        return null;
    }

    /** Which of these does not hold now, as an error; {@code null} if all do. */
    static Reply.@Nullable Failed broken(Connection session, Seq seq, List<Guard> guards) {
        for (Guard guard : guards) {
            Entry there = there(session, guard);
            if (!holds(guard, there)) {
                return ErrorReplies.guard(seq, RequestPaths.shown(session.root(), guard.path()), there, session.tock());
            }
        }
        return null;
    }

    private static @Nullable Entry there(Connection session, Guard guard) {
        session.inFlight().awaitNoneAt(guard.path());
        return session.site().replica().snapshot().get(guard.path());
    }

    private static boolean holds(Guard guard, @Nullable Entry there) {
        return there != null && there.tick() == guard.tick();
    }
}
