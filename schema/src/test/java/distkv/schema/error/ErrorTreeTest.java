package distkv.schema.error;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ErrorTreeTest {
    private static final Path PREFIX = Path.of(".distkv", "error");
    private static final Path JOB = Path.of(".distkv", "run", "any", "default", "fa", "il");
    private static final Path FRESH = PREFIX.child("vm").child(251L);
    private static final ErrorReport.Failed FAILED = new ErrorReport.Failed(
            "run", JOB, 0, null, "RuntimeError('Owch')", "Owch", "RuntimeError", null, "trace", Map.of("who", "me"));
    private final ErrorIndex index = new ErrorIndex(PREFIX);
    private long tick = 1_000;

    /** Reports, and takes in what was written, as the feed would. */
    private List<Write> report(ErrorReport report, String node, double now) {
        ErrorRecord known = index.find(report.subsystem(), report.path());
        List<Write> writes = ErrorWrites.of(report, known, FRESH, node, 251, now);
        for (Write write : writes) {
            assertThat(write.expectation()).isNotNull();
            index.apply(new Entry(write.path(), write.value(), ++tick, 0));
        }
        return writes;
    }

    private static Map<?, ?> map(Write write) {
        return (Map<?, ?>) Objects.requireNonNull(Values.decode(Objects.requireNonNull(write.value())));
    }

    @Test
    void anErrorIsOneRecordAndOneDetailOfItsNode() {
        List<Write> writes = report(FAILED, "vm", 7.5);
        assertThat(writes).extracting(Write::path).containsExactly(FRESH, FRESH.child("vm"));
        assertThat(writes.getFirst().expectation()).isEqualTo(Expectation.absent());
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        record.put("path", JOB);
        record.put("subsystem", "run");
        record.put("severity", 0L);
        record.put("resolved", false);
        record.put("created", 7.5);
        record.put("count", 1L);
        record.put("first_seen", 7.5);
        record.put("last_seen", 7.5);
        record.put("message", "RuntimeError('Owch')");
        assertThat(map(writes.get(0))).isEqualTo(record);
        assertThat(map(writes.get(1)))
                .isEqualTo(Map.of(
                        "seen",
                        7.5,
                        "tock",
                        251L,
                        "comment",
                        "RuntimeError('Owch')",
                        "data",
                        Map.of("who", "me"),
                        "trace",
                        "trace",
                        "str",
                        "Owch",
                        "type",
                        "RuntimeError"));
    }

    @Test
    void theSameErrorAgainIsCountedInTheSameRecord() {
        report(FAILED, "vm", 7.5);
        List<Write> again = report(FAILED, "other", 9.5);
        assertThat(again).extracting(Write::path).containsExactly(FRESH, FRESH.child("other"));
        assertThat(again.getFirst().expectation()).isEqualTo(Expectation.at(1_001));
        assertThat(map(again.getFirst()).get("count")).isEqualTo(2L);
        assertThat(map(again.getFirst()).get("first_seen")).isEqualTo(7.5);
        assertThat(map(again.getFirst()).get("last_seen")).isEqualTo(9.5);
    }

    @Test
    void aSuccessResolvesTheRecord() {
        report(FAILED, "vm", 7.5);
        assertThat(index.open("run", JOB)).isTrue();
        List<Write> writes = report(new ErrorReport.Well("run", JOB, null, Map.of()), "vm", 8.5);
        assertThat(writes).extracting(Write::path).containsExactly(FRESH);
        assertThat(map(writes.getFirst()).get("resolved")).isEqualTo(8.5);
        assertThat(index.open("run", JOB)).isFalse();
    }

    @Test
    void aSuccessWithoutAnErrorWritesNothing() {
        assertThat(report(new ErrorReport.Well("run", JOB, null, Map.of()), "vm", 8.5))
                .isEmpty();
    }

    @Test
    void aSuccessMaySayWhatItWas() {
        report(FAILED, "vm", 7.5);
        List<Write> writes = report(new ErrorReport.Well("run", JOB, "mended", Map.of()), "vm", 8.5);
        assertThat(writes).extracting(Write::path).containsExactly(FRESH, FRESH.child("vm"));
        assertThat(map(writes.get(1)).get("comment")).isEqualTo("mended");
    }

    @Test
    void anErrorAfterASuccessOpensTheSameRecordAgain() {
        report(FAILED, "vm", 7.5);
        report(new ErrorReport.Well("run", JOB, null, Map.of()), "vm", 8.5);
        List<Write> again = report(FAILED, "vm", 9.5);
        assertThat(again.getFirst().path()).isEqualTo(FRESH);
        assertThat(map(again.getFirst()).get("resolved")).isEqualTo(false);
        assertThat(index.open("run", JOB)).isTrue();
    }

    @Test
    void aLesserProblemDoesNotCoverAGreaterOne() {
        report(FAILED, "vm", 7.5);
        assertThat(report(
                        new ErrorReport.Failed("run", JOB, 3, "hm", null, null, null, null, null, Map.of()), "vm", 8.5))
                .isEmpty();
    }

    @Test
    void subsystemsHaveRecordsOfTheirOwn() {
        report(FAILED, "vm", 7.5);
        assertThat(index.find("compile", JOB)).isNull();
    }

    @Test
    void ofTwoRecordsOfOneThingTheOneSeenFirstStays() {
        Path first = PREFIX.child("a").child(9L);
        Path second = PREFIX.child("b").child(3L);
        index.apply(new Entry(second, record(5.0), 1, 0));
        index.apply(new Entry(first, record(4.0), 2, 0));
        assertThat(index.find("run", JOB)).extracting(ErrorRecord::record).isEqualTo(first);
        index.apply(new Entry(second, record(5.0), 3, 0));
        assertThat(index.find("run", JOB)).extracting(ErrorRecord::record).isEqualTo(first);
    }

    @Test
    void aDeletedRecordIsForgotten() {
        index.apply(new Entry(FRESH, record(5.0), 1, 0));
        index.apply(new Entry(FRESH, null, 2, 0));
        assertThat(index.find("run", JOB)).isNull();
    }

    @Test
    void aRecordOfTheOriginalIsRead() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("path", List.of(".distkv", "run", "any", "default", "fa", "il"));
        map.put("subsystem", "run");
        map.put("resolved", true);
        map.put("created", null);
        map.put("count", 12L);
        index.apply(new Entry(FRESH, Values.encode(map), 5, 0));
        assertThat(index.open("run", JOB)).isFalse();
        assertThat(map(report(FAILED, "vm", 9.5).getFirst()).get("count")).isEqualTo(13L);
    }

    private static distkv.model.Value record(double seen) {
        return Values.encode(Map.of("path", JOB, "subsystem", "run", "resolved", false, "first_seen", seen));
    }
}
