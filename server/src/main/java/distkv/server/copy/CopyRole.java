package distkv.server.copy;

import distkv.model.Epochs;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a server is among those that have the same tree.
 *
 * @param sync whether writes are acknowledged only when a copy has them, too
 * @param follower what keeps this server's store a copy; {@code null} for a main server
 * @param whenSuperseded is told, once, of the newer epochs that make this server answer no more
 */
public record CopyRole(boolean sync, @Nullable Follower follower, Consumer<Epochs> whenSuperseded) {
    /** A main server that waits for nobody. */
    public static final CopyRole MAIN = new CopyRole(false, null, _ -> {});
}
