package distkv.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DepthsTest {
    @Test
    void bothEndsAreIncluded() {
        Depths depths = new Depths(1, 2);
        assertThat(depths.contains(0)).isFalse();
        assertThat(depths.contains(1)).isTrue();
        assertThat(depths.contains(2)).isTrue();
        assertThat(depths.contains(3)).isFalse();
        assertThat(depths.isBelow(2)).isFalse();
        assertThat(depths.isBelow(3)).isTrue();
    }

    @Test
    void theSameLevelsCanBeCountedFromFurtherBelow() {
        assertThat(new Depths(1, 3).from(2)).isEqualTo(new Depths(0, 1));
        assertThat(Depths.ALL.from(2)).isEqualTo(Depths.ALL);
    }

    @Test
    void aDepthIsNotNegative() {
        assertThatThrownBy(() -> new Depths(0, -1)).hasMessage("max_depth: -1 (expected: 0 or more)");
        assertThatThrownBy(() -> new Depths(-1, 0)).hasMessage("min_depth: -1 (expected: 0 or more)");
    }
}
