package distkv.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private final List<String> evicted = new ArrayList<>();
    private final MemoryBudget budget = new MemoryBudget(100);
    private final MemoryBudget.Share one = budget.open(() -> evicted.add("one"));
    private final MemoryBudget.Share other = budget.open(() -> evicted.add("other"));

    @Test
    void oneConnectionMayTakeHalfThoughThereIsMore() {
        assertThat(one.take(50)).isTrue();
        assertThat(one.take(1)).isFalse();
        assertThat(evicted).containsExactly("one");
        assertThat(budget.held()).isEqualTo(50);
    }

    @Test
    void whoHasMostLosesItWhenAllIsUsedUp() {
        MemoryBudget.Share third = budget.open(() -> evicted.add("third"));
        one.add(40);
        other.add(45);
        third.add(16);
        assertThat(evicted).containsExactly("other");
        other.close();
        assertThat(budget.held()).isEqualTo(56);
    }
}
