package distkv.schema.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntriesTest {
    @Test
    void aJobEntryHasTheDefaultsOfTheOriginal() throws BadEntry {
        Value value = Values.encode(Map.of("code", Path.of("demo", "hello")));
        assertThat(JobEntry.read(value)).isEqualTo(new JobEntry(Path.of("demo", "hello"), Map.of(), 0, 0, 100, 1.1, 0));
    }

    @Test
    void aJobEntryThatTheOriginalWroteIsRead() throws BadEntry {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("code", List.of("demo", "hello"));
        map.put("data", Map.of("who", "any"));
        map.put("target", null);
        map.put("repeat", 5L);
        map.put("delay", 3L);
        map.put("backoff", 1.2);
        map.put("info", "text");
        assertThat(JobEntry.read(Values.encode(map)))
                .isEqualTo(new JobEntry(Path.of("demo", "hello"), Map.of("who", "any"), 0, 5, 3, 1.2, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delay   | soon | delay: soon (expected: a number, 0 or more)",
                "cron    | 5    | cron: 5 (expected: five fields as in crontab: minute hour day month weekday)",
                "repeat  | -1   | repeat: -1 (expected: a number, 0 or more)",
                "target  | x    | target: x (expected: a number, 0 or more)",
                "data    | x    | data: x (expected: a map)",
                "split    | no  | split: no (expected: stop or run)",
                "handover | no  | handover: no (expected: true or false)",
                "where    | no  | where: no (expected: a map)",
            })
    void aBadJobEntryIsNamedWithWhatWasExpected(String key, String content, String message) {
        Object value = content.equals("-1") ? (Object) Long.valueOf(-1) : content;
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("code", "a.b", key, value))))
                .isInstanceOf(BadEntry.class)
                .hasMessage(message);
    }

    @Test
    void theLimitsOfAJobAreRead() throws BadEntry {
        Map<String, Object> limits = Map.of("memory", "64M", "cpu", 2.5, "files", 64L, "processes", 0L, "time", 10L);
        Value value = Values.encode(Map.of("code", "a.b", "limits", limits));
        assertThat(JobEntry.read(value).limits()).isEqualTo(new Limits(64L << 20, 2.5, 64L, 0L, 10.0, null));
        Value bytes = Values.encode(Map.of("limits", Map.of("memory", 10_000_000L)));
        assertThat(JobEntry.read(bytes).limits()).isEqualTo(new Limits(10_000_000L, null, null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory=abc  | limits.memory: \"abc\" (expected: bytes, or a text like \"64M\"; 8M or more)",
                "memory=1    | limits.memory: 1 (expected: bytes, or a text like \"64M\"; 8M or more)",
                "cpu=-1      | limits.cpu: \"-1\" (expected: a number of seconds, more than 0)",
                "time=0      | limits.time: 0 (expected: a number of seconds, more than 0)",
                "files=many  | limits.files: \"many\" (expected: an integer, 32 or more)",
                "processes=1.5 | limits.processes: 1.5 (expected: an integer, 0 or more)",
                "network=2   | limits.network: 2 (expected: true or false)",
                "disk=1      | limits: \"disk\" (expected: one of memory, cpu, files, processes, time, network)",
                "memory      | limits: \"memory\" (expected: NAME=VALUE, e.g. memory=64M)",
            })
    void aLimitThatMakesNoSenseIsABadEntry(String word, String message) {
        assertThatThrownBy(() -> Limits.parse(List.of(word)))
                .isInstanceOf(BadEntry.class)
                .hasMessage(message);
    }

    @Test
    void limitsOfTheCommandLineAreWhatAnEntryHolds() throws BadEntry {
        Map<String, @Nullable Object> expected =
                new LinkedHashMap<>(Map.of("memory", "1.5g", "cpu", 2.5, "files", 64L));
        expected.put("time", null);
        assertThat(Limits.parse(List.of("memory=1.5g", "cpu=2.5", "files=64", "time=-")))
                .isEqualTo(expected);
        assertThat(Limits.read(expected).memory()).isEqualTo(3L << 29);
        assertThat(Limits.parse(List.of("network=false"))).isEqualTo(Map.of("network", false));
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("limits", 5))))
                .hasMessage("limits: 5 (expected: a map of memory, cpu, files, processes, time, network)");
    }

    @Test
    void whereAJobMayRunIsPartOfItsEntry() throws BadEntry {
        Map<String, Object> map =
                Map.of("where", Map.of("has", List.of("gpio", "attic")), "split", "run", "handover", true);
        assertThat(JobEntry.read(Values.encode(map)).placement())
                .isEqualTo(new Placement(Set.of("attic", "gpio"), true, true));
    }

    @Test
    void aBadLabelIsNamedWithItsField() {
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("where", Map.of("has", "gpio")))))
                .hasMessage("where.has: gpio (expected: a list of labels)");
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("where", Map.of("has", List.of(7L))))))
                .hasMessage("where.has: 7 (expected: labels, each a text that is not empty)");
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("where", Map.of("not", List.of("a"))))))
                .hasMessage("where: not (expected: has: a list of labels)");
    }

    @Test
    void aTimeThatIsNoNumberIsABadEntry() {
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("target", Double.NaN))))
                .hasMessage("target: NaN (expected: a number, 0 or more)");
    }

    @Test
    void aJobEntryThatIsNoMapIsABadEntry() {
        assertThatThrownBy(() -> JobEntry.read(Values.encode("hello"))).hasMessage("job: hello (expected: a map)");
    }

    @Test
    void aCodePathThatDoesNotParseIsABadEntry() {
        assertThatThrownBy(() -> JobEntry.read(Values.encode(Map.of("code", "a..b"))))
                .isInstanceOf(BadEntry.class)
                .hasMessageStartingWith("code: ");
    }

    @Test
    void aStateThatWasWrittenIsReadBack() {
        StateEntry state = new StateEntry(
                10.5,
                11.5,
                0,
                99.25,
                Reason.of(Reason.Code.BACKOFF),
                Values.encode(Map.of("answer", 42L)),
                "node",
                7,
                false,
                List.of());
        assertThat(StateEntry.read(state.encode())).isEqualTo(state);
    }

    @Test
    void aStateHasTheKeysOfTheOriginal() {
        Object map = Values.decode(StateEntry.NEW.running("vm", 10.5, 0).encode());
        assertThat(map)
                .isEqualTo(new LinkedHashMap<>(Map.of(
                        "started",
                        10.5,
                        "stopped",
                        0L,
                        "pinged",
                        0L,
                        "computed",
                        0L,
                        "reason",
                        "",
                        "node",
                        "vm",
                        "backoff",
                        0L)));
    }

    @Test
    void aResultOfNilIsAResult() {
        StateEntry done = StateEntry.NEW.done(5, Values.NIL);
        assertThat((Map<?, ?>) Values.decode(done.encode())).satisfies(map -> {
            assertThat(map.containsKey("result")).isTrue();
            assertThat(map.get("result")).isNull();
        });
        assertThat((Map<?, ?>) Values.decode(StateEntry.NEW.encode()))
                .satisfies(map -> assertThat(map.containsKey("result")).isFalse());
    }

    @Test
    void anErrorKeepsTheResultOfTheSuccessBefore() {
        StateEntry done = StateEntry.NEW.done(5, Values.encode(42L));
        assertThat(done.running("vm", 6, 0).failed(7, "no").result()).isEqualTo(Values.encode(42L));
    }

    @Test
    void aStateThatMakesNoSenseIsReadAsANewOne() {
        assertThat(StateEntry.read(Values.encode(Arrays.asList(1, null)))).isEqualTo(StateEntry.NEW);
        assertThat(StateEntry.read(Values.encode(Map.of("started", "x", "backoff", -5L, "node", 7L))))
                .isEqualTo(StateEntry.NEW);
    }

    @Test
    void dataAreTheSameWhateverTheirOrder() {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("a", 1L);
        one.put("b", new byte[] {1});
        Map<String, @Nullable Object> other = new LinkedHashMap<>();
        other.put("b", new byte[] {1});
        other.put("a", 1L);
        assertThat(job(one).sameData(job(other))).isTrue();
        other.put("a", 1.0);
        assertThat(job(one).sameData(job(other))).isFalse();
        assertThat(job(Collections.singletonMap("a", null)).sameData(job(Map.of())))
                .isFalse();
    }

    private static JobEntry job(Map<String, @Nullable Object> data) {
        return new JobEntry(Path.of("a"), data, 0, 0, 100, 1.1, 0);
    }

    @Test
    void theThreeKindsHaveTheirPlaces() {
        Path run = Path.of(".distkv", "run");
        assertThat(Kind.ANY.entries(run, "g", "n")).isEqualTo(Path.of(".distkv", "run", "any", "g"));
        assertThat(Kind.AT.entries(run, "g", "n")).isEqualTo(Path.of(".distkv", "run", "at", "n", "g"));
        assertThat(Kind.ALL.entries(run, "g", "n")).isEqualTo(Path.of(".distkv", "run", "all", "g"));
        assertThat(Kind.ANY.states(run, "g", "n")).isEqualTo(Path.of(".distkv", "run", "any", "g"));
        assertThat(Kind.AT.states(run, "g", "n")).isEqualTo(Path.of(".distkv", "run", "at", "n", "g"));
        assertThat(Kind.ALL.states(run, "g", "n")).isEqualTo(Path.of(".distkv", "run", "all", "g", "n"));
    }

    @Test
    void aStateKeepsTheLastTenRunsWithTheirOutcomes() {
        StateEntry state = StateEntry.NEW;
        for (int i = 1; i <= 8; i++) {
            state = state.running("vm", i, 0).done(i + 0.5, Values.NIL);
        }
        state = state.running("vm", 9, 0).failed(9.5, "ValueError('no') (line 3)\nmore");
        state = state.running("vm", 10, 1).ended(10.5, 1, Stop.MOVED);
        state = state.running("attic", 11, 1).lost(12);
        StateEntry read = StateEntry.read(state.encode());
        assertThat(read).isEqualTo(state);
        assertThat(read.runs()).hasSize(10).last().isEqualTo(new PastRun(2, 2.5, "vm", Reason.ofOutcome("done")));
        assertThat(read.runs().subList(0, 4))
                .containsExactly(
                        new PastRun(11, 12, "attic", Reason.ofOutcome("node lost")),
                        new PastRun(10, 10.5, "vm", Reason.ofOutcome("moved")),
                        new PastRun(9, 9.5, "vm", Reason.ofOutcome("failed: ValueError('no') (line 3)")),
                        new PastRun(8, 8.5, "vm", Reason.ofOutcome("done")));
        assertThat(StateEntry.read(Values.encode(Map.of("runs", List.of("x", Map.of("started", 1L)))))
                        .runs())
                .isEmpty();
    }

    @Test
    void theOutcomeOfARunIsALineAndNotTooLong() {
        StateEntry state = StateEntry.NEW.running("vm", 1, 0).failed(2, "x".repeat(500));
        assertThat(state.runs().getFirst().outcome().text()).hasSize(200).endsWith("x…");
    }
}
