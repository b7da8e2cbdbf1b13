package distkv.protocol;

import distkv.model.Guard;
import distkv.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a write.
 *
 * @param prev the value that the entry must have; {@code null} for any
 */
public record WriteConditions(
        ChainCondition chain, @Nullable Value prev, List<Guard> guards) {
    public static final WriteConditions NONE = new WriteConditions(ChainCondition.UNCHECKED, null, List.of());
}
