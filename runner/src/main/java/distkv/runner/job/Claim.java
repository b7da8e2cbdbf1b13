package distkv.runner.job;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of a claim: who has it, and which write made it. Used by the decision thread only. */
final class Claim {
    final Path path;
    /** Which write made it: the fencing token; 0: nobody has it. */
    private long token;

    private String holder = "";
    private long tick;

    Claim(Path path) {
        this.path = path;
    }

    boolean isHeld() {
        return token != 0;
    }

    long token() {
        return token;
    }

    /** Whose it is; empty if nobody has it, or if it does not say. */
    String holder() {
        return holder;
    }

    /** Takes in a change; returns whether it is news. */
    boolean changed(Entry change) {
        return set(change.tick(), change.value() == null ? null : holder(change.value()));
    }

    /** It is now this node's, or, with {@code null}, nobody's, unless something newer is known; returns whether it is news. */
    boolean set(long newTick, @Nullable String by) {
        if (newTick <= tick) {
            return false;
        }
        tick = newTick;
        token = by == null ? 0 : newTick;
        holder = by == null ? "" : by;
        return true;
    }

    private static String holder(Value claim) {
        return Values.decode(claim) instanceof Map<?, ?> map && map.get("node") instanceof String name ? name : "";
    }
}
