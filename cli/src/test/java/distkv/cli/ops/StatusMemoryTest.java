package distkv.cli.ops;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusMemoryTest {
    private static final long MB = 1 << 20;

    @Test
    void theStatusWarnsFromFourFifthsOn() {
        assertThat(StatusCommand.memory(79 * MB, 100 * MB)).isEqualTo("79 % of 100 MiB for the tree");
        assertThat(StatusCommand.memory(80 * MB, 100 * MB))
                .startsWith("80 % of 100 MiB for the tree (WARNING: ")
                .contains("server.memory");
        assertThat(StatusCommand.memory(0, 0)).contains("WARNING");
    }
}
