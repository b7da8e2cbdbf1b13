package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a claim says; the tick of the write that made it is the fencing token.
 *
 * @param holder the node that has it; empty if it does not say
 * @param session the session that it is bound to; 0 if it does not say, or is not known yet
 */
record Claim(String holder, long session) {
    /** Reads a claim; {@code null} if there is none. */
    static @Nullable Claim read(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        Map<?, ?> map = Values.decode(value) instanceof Map<?, ?> given ? given : Map.of();
        return new Claim(
                map.get("node") instanceof String node ? node : "",
                map.get("session") instanceof Number session ? session.longValue() : 0);
    }

    /** Who has that claim; empty if nobody has it, or if it does not say. */
    static String holder(@Nullable Followed<Claim> claim) {
        Claim is = claim == null ? null : claim.value();
        return is == null ? "" : is.holder();
    }

    /** The claim of a node, for as long as its session lives. */
    static Write write(Path path, String node, double started, long session, Expectation expected) {
        Value claim = Values.encode(Map.of("node", node, "started", started, "session", session));
        return Write.set(path, claim, expected).under(session);
    }
}
