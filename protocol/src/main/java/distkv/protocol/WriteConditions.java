package distkv.protocol;

import distkv.model.Guard;
import distkv.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for a write to happen.
 *
 * @param prev the value that the entry must have, {@code null} if that does not matter
 */
public record WriteConditions(ChainCondition chain, @Nullable Value prev, List<Guard> guards) {
    public static final WriteConditions NONE = new WriteConditions(ChainCondition.UNCHECKED, null, List.of());
}
