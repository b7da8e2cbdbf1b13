package distkv.schema.job;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.protocol.Values;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ReasonTest {
    private static Map<?, ?> stored(Reason reason) {
        Object decoded = Values.decode(StateEntry.NEW.because(reason, 0).encode());
        return (Map<?, ?>) Objects.requireNonNull(decoded);
    }

    @ParameterizedTest
    @EnumSource(value = Reason.Code.class, names = "OTHER", mode = EnumSource.Mode.EXCLUDE)
    void aCodesOwnWordIsStoredAlone(Reason.Code code) {
        Map<?, ?> state = stored(Reason.of(code));
        assertThat(state.get("reason")).isEqualTo(code.word());
        assertThat(state.containsKey("reason_code")).isFalse();
        assertThat(Reason.read(state)).isEqualTo(Reason.of(code));
    }

    @Test
    void aTextThatNamesSomethingHasItsCodeBesideIt() {
        Map<?, ?> state = stored(Placement.drained(Set.of("gpio")));
        assertThat(state.get("reason")).isEqualTo("every node that has gpio is drained");
        assertThat(state.get("reason_code")).isEqualTo("every node is drained");
        assertThat(Reason.read(state)).isEqualTo(Placement.drained(Set.of("gpio")));
    }

    @Test
    void theCodeCountsWhateverTheTextSays() {
        Reason read = Reason.read(Map.of("reason", "no procedure that works", "reason_code", "cut off"));
        assertThat(read.code()).isEqualTo(Reason.Code.CUT_OFF);
    }

    /** Version 0.1.0 stored no codes until November 2026. */
    @ParameterizedTest
    @CsvSource({
        "no procedure demo.hello, NO_PROCEDURE",
        "bad procedure demo.hello, BAD_PROCEDURE",
        "no node has attic and gpio, NO_NODE_HAS",
        "every node is drained, NODES_DRAINED",
        "every node that has gpio is drained, NODES_DRAINED",
        "this node lacks attic, NODE_LACKS",
        "node lost, NODE_LOST",
        "something of another implementation, OTHER"
    })
    void anOldStateHasTheTextAlone(String text, Reason.Code code) {
        assertThat(Reason.read(Map.of("reason", text))).isEqualTo(new Reason(code, text));
    }

    @ParameterizedTest
    @CsvSource({"done, DONE", "failed: ValueError('no'), FAILED", "moved, MOVED", "gone fishing, OTHER"})
    void anOutcomeIsReadByItsWord(String text, Reason.Code code) {
        assertThat(Reason.ofOutcome(text)).isEqualTo(new Reason(code, text));
    }
}
