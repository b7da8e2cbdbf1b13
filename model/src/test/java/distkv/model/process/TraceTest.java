package distkv.model.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TraceTest {
    @AfterEach
    void stop() {
        Trace.writeTo(null);
    }

    @Test
    void aLineNamesWhatIsFollowedAndWhereItIs() {
        List<String> lines = new ArrayList<>();
        Trace.line("job", "a", "started", "");
        Trace.writeTo(lines::add);
        assertThat(Trace.isOn()).isTrue();
        Trace.line("job", "a", "started", "");
        Trace.line("job", "a", "ended", "by itself");
        Trace.writeTo(null);
        assertThat(Trace.isOn()).isFalse();
        Trace.line("job", "a", "gone", "");
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{6} job a started");
        assertThat(lines.getLast()).endsWith(" job a ended: by itself");
    }

    @Test
    void theEnvironmentTurnsItOn() {
        assertThat(Trace.isRequested(Map.of())).isFalse();
        assertThat(Trace.isRequested(Map.of("DISTKV_TRACE", ""))).isFalse();
        assertThat(Trace.isRequested(Map.of("DISTKV_TRACE", "0"))).isFalse();
        assertThat(Trace.isRequested(Map.of("DISTKV_TRACE", "1"))).isTrue();
    }
}
