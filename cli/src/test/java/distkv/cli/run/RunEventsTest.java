package distkv.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.config.Config;
import distkv.cli.context.JobScope;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@code run monitor} says of each change. */
class RunEventsTest {
    private final RunEvents news = new RunEvents(Config.DEFAULTS, new JobScope(Kind.ANY, "default", "", false));
    private long tick = Revision.tick(1, 0);

    private List<String> lines(String path, @Nullable Object value) {
        Value encoded = value == null ? null : Values.encode(value);
        return news.of(new Entry(Path.parse(path), encoded, ++tick, 0)).stream()
                .map(RunEvents.EventLine::line)
                .toList();
    }

    private static Map<String, Object> state(@Nullable String node, double started, Object... more) {
        Map<String, @Nullable Object> state = new TreeMap<>(Map.of("started", started));
        state.put("node", node);
        for (int i = 0; i < more.length; i += 2) {
            state.put(more[i].toString(), more[i + 1]);
        }
        return state;
    }

    @Test
    void nodesComeAndGo() {
        assertThat(lines(":.distkv.presence.default.attic.any", Map.of("load", 0.0)))
                .containsExactly("attic      joins");
        assertThat(lines(":.distkv.presence.default.attic.any", Map.of("load", 3.0)))
                .isEmpty();
        assertThat(lines(":.distkv.presence.default.attic.all", Map.of())).isEmpty();
        assertThat(lines(":.distkv.presence.default.attic.any", null)).containsExactly("attic      leaves");
    }

    @Test
    void aRunIsClaimedStartsIsWellAndEnds() {
        assertThat(lines(":.distkv.claim.any.default.a.b", Map.of("node", "attic")))
                .containsExactly("attic      claims     a.b");
        assertThat(lines(":.distkv.state.any.default.a.b", state("attic", 1)))
                .containsExactly("attic      starts     a.b");
        assertThat(lines(":.distkv.state.any.default.a.b", state("attic", 1, "pinged", 2.0)))
                .containsExactly("attic      is well    a.b");
        assertThat(lines(":.distkv.state.any.default.a.b", state(null, 1, "pinged", 2.0, "result", 42L)))
                .containsExactly("attic      ends       a.b  result 42");
        assertThat(lines(":.distkv.claim.any.default.a.b", null)).containsExactly("attic      releases   a.b");
    }

    @Test
    void anErrorIsCountedAndAMoveNamesBothNodes() {
        String path = ":.distkv.state.any.default.a";
        lines(path, state("attic", 1));
        assertThat(lines(path, state(null, 1, "backoff", 2L))).containsExactly("attic      fails      a  2 errors");
        assertThat(lines(path, state("attic", 3, "backoff", 2L)))
                .containsExactly("attic      starts     a  after 2 errors");
        assertThat(lines(path, state("cellar", 4)))
                .containsExactly("attic      loses      a", "cellar     starts     a");
    }

    @Test
    void aHandoverIsOfferedStoodByForAndTakenOver() {
        lines(":.distkv.claim.any.default.a.b", Map.of("node", "attic"));
        lines(":.distkv.state.any.default.a.b", state("attic", 1));
        assertThat(lines(":.distkv.state.any.default.a.b", state("attic", 1, "offered", true)))
                .containsExactly("attic      offers     a.b");
        assertThat(lines(":.distkv.claim.any.default.a.b.:.standby", Map.of("node", "cellar")))
                .containsExactly("cellar     stands by  a.b");
        assertThat(lines(":.distkv.claim.any.default.a.b", Map.of("node", "cellar")))
                .isEmpty();
        assertThat(lines(
                        ":.distkv.state.any.default.a.b",
                        state("cellar", 2, "runs", List.of(past("attic", "handed over")))))
                .containsExactly("cellar     takes over a.b  from attic");
        assertThat(lines(":.distkv.claim.any.default.a.b.:.standby", null)).isEmpty();
    }

    private static Map<String, Object> past(String node, String outcome) {
        return Map.of("started", 1.0, "stopped", 2.0, "node", node, "outcome", outcome);
    }

    @Test
    void aRunThatWasOfferedAndIsLostIsNotTakenOver() {
        String path = ":.distkv.state.any.default.a";
        lines(path, state("attic", 1, "offered", true));
        assertThat(lines(path, state("cellar", 2, "backoff", 1L, "runs", List.of(past("attic", "node lost")))))
                .containsExactly("attic      loses      a", "cellar     starts     a  after 1 error");
    }

    @Test
    void aJobThatNobodyCanRunSaysWhy() {
        assertThat(lines(":.distkv.state.any.default.a", state(null, 0, "reason", "no node has gpio")))
                .containsExactly("-          waits      a  no node has gpio");
        assertThat(lines(":.distkv.state.any.default.a", null)).containsExactly("-          deleted    a");
    }
}
