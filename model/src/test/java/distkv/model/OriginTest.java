package distkv.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OriginTest {
    @Test
    void theNumbersOfARunAreNoPartOfWhoItIs() {
        assertThat(new Origin("run any.home.heat@attic#4711/256").who()).isEqualTo("run any.home.heat@attic");
        assertThat(new Origin("run any.home.no#3@attic#4711").who()).isEqualTo("run any.home.no#3@attic");
        assertThat(new Origin("anna").who()).isEqualTo("anna");
        assertThat(new Origin("user a#1").who()).isEqualTo("user a#1");
    }

    @Test
    void aTextThatIsNoNameIsRefused() {
        assertThatThrownBy(() -> new Origin("")).hasMessage("by: 0 characters (expected: 1 to 600)");
        assertThatThrownBy(() -> new Origin("x".repeat(601))).hasMessage("by: 601 characters (expected: 1 to 600)");
        assertThatThrownBy(() -> new Origin("anna", -1)).hasMessage("cause: -1 (expected: a tick, or 0)");
    }
}
