package distkv.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuardTest {
    @Test
    void aPathThatEndsInStandbyMeansAClaimOnStandby() {
        assertThat(Guard.of(Path.of("claim", ".standby"), 1).standby()).isTrue();
        assertThat(Guard.of(Path.of(".standby"), 1).standby()).isTrue();
        assertThat(Guard.of(Path.of("claim"), 1).standby()).isFalse();
        assertThat(Guard.of(Path.of("claim", ".standby", "x"), 1).standby()).isFalse();
        assertThat(Guard.of(Path.of("claim", "a.standby"), 1).standby()).isFalse();
    }
}
