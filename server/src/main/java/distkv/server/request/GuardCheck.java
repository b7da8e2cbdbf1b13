package distkv.server.request;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the guards of writes that do not reach the store: those with a guard on standby, which are always refused, and
 * those that turn out to have nothing to do.
 */
final class GuardCheck {
    private GuardCheck() {}

    /** The refusal if one of these guards is on standby; {@code null} if none is. */
    static Reply.@Nullable Failed standby(RequestContext context, Seq seq, List<Guard> guards) {
        for (Guard guard : guards) {
            if (guard.standby()) {
                Entry there = there(context, guard);
                Path shown = RequestPaths.shown(context.root(), guard.path());
                return holds(guard, there)
                        ? ErrorReplies.notYet(seq, shown, guard.tick(), context.tock())
                        : ErrorReplies.guard(seq, shown, there, context.tock());
            }
        }
        return null;
    }

    /** The error for the first guard that does not hold now; {@code null} if all do. */
    static Reply.@Nullable Failed broken(RequestContext context, Seq seq, List<Guard> guards) {
        for (Guard guard : guards) {
            Entry there = there(context, guard);
            if (!holds(guard, there)) {
                return ErrorReplies.guard(seq, RequestPaths.shown(context.root(), guard.path()), there, context.tock());
            }
        }
        return null;
    }

    private static @Nullable Entry there(RequestContext context, Guard guard) {
        context.inFlight().awaitNoneAt(guard.path());
        return context.server().replica().snapshot().get(guard.path());
    }

    private static boolean holds(Guard guard, @Nullable Entry there) {
        return there != null && there.tick() == guard.tick();
    }
}
