package distkv.access;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.WriteId;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WriteConditions;
import distkv.schema.Prefixes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequestNeedsTest {
    private static final Seq SEQ = Seq.of(1);
    private static final Value VALUE = Values.encode(1L);
    private static final Path ROOM = Path.of("room");
    private static final Path TEMP = Path.of("room", "temp");
    private static final Path CODE = Prefixes.DEFAULT.codes().child("heat");
    private static final Path JOB = Path.of(".distkv", "run", "any", "default", "heat");
    private static final Map<String, Role> ROLES = Role.builtIn(Prefixes.DEFAULT);

    private final Map<Path, Entry> entries = new HashMap<>();
    private final RequestNeeds needs = new RequestNeeds(
            new Zones(Prefixes.DEFAULT),
            entries::get,
            topic -> topic.getFirst().startsWith(":") ? below(topic) : topic);

    private static List<String> below(List<String> topic) {
        return Stream.concat(Stream.of("root"), topic.stream()).toList();
    }

    private boolean may(Rights rights, Request request) {
        return may(rights, request, Path.ROOT);
    }

    private boolean may(Rights rights, Request request, Path root) {
        return needs.of(request, root).stream().allMatch(need -> need.isMet(rights));
    }

    private static Rights rights(Right right, String pattern) {
        return Rights.of(List.of(Rule.of(PathPattern.parse(pattern), right)));
    }

    private static Rights both(String pattern) {
        return Rights.of(List.of(Rule.of(PathPattern.parse(pattern), Right.READ, Right.WRITE)));
    }

    private static Rights role(String name) {
        return Objects.requireNonNull(ROLES.get(name)).rights();
    }

    private static Request set(Path path, WriteConditions conditions, boolean idem) {
        return new Request.SetValue(SEQ, path, false, VALUE, conditions, idem, true, false);
    }

    private static Request set(Path path) {
        return set(path, WriteConditions.NONE, false);
    }

    private static Request watch(Path path, Path... only) {
        return new Request.Watch(SEQ, path, List.of(only), Depths.ALL, true, null, false, false);
    }

    @Test
    void aWriteWithoutConditionsNeedsNoRightToRead() {
        Rights writer = rights(Right.WRITE, "room.#");
        assertThat(may(writer, set(TEMP))).isTrue();
        assertThat(may(writer, new Request.GetValue(SEQ, TEMP, false, false))).isFalse();
    }

    @Test
    void whatTellsTheOldValueNeedsTheRightToRead() {
        Rights writer = rights(Right.WRITE, "room.#");
        WriteConditions prev = new WriteConditions(ChainCondition.UNCHECKED, VALUE, List.of());
        WriteConditions chain = new WriteConditions(ChainCondition.ABSENT, null, List.of());
        WriteConditions guard = new WriteConditions(ChainCondition.UNCHECKED, null, List.of(Guard.of(CODE, 5)));
        for (Request request : List.of(
                set(TEMP, WriteConditions.NONE, true),
                set(TEMP, prev, false),
                set(TEMP, chain, false),
                set(TEMP, guard, false),
                new Request.DeleteValue(SEQ, TEMP, false, prev, true),
                new Request.DeleteTree(SEQ, ROOM, List.of(), true),
                new Request.DeleteTree(SEQ, ROOM, List.of(Guard.of(CODE, 5)), false),
                new Request.CommitAll(
                        SEQ, List.of(new CommitWrite(TEMP, VALUE, ChainCondition.ABSENT, false)), List.of()),
                new Request.CommitAll(
                        SEQ,
                        List.of(new CommitWrite(TEMP, VALUE, ChainCondition.UNCHECKED, false)),
                        List.of(Guard.of(CODE, 5))))) {
            assertThat(may(writer, request)).as("%s", request).isFalse();
            assertThat(may(writer, new Request.Again(request, List.of(new WriteId(1, 1)), 0)))
                    .as("again %s", request)
                    .isFalse();
            Rights reader = writer.or(both("room.#")).or(rights(Right.READ, ":.distkv.#"));
            assertThat(may(reader, request)).as("%s", request).isTrue();
        }
    }

    @Test
    void everyWriteOfACommitCounts() {
        Request commit = new Request.CommitAll(
                SEQ,
                List.of(
                        new CommitWrite(TEMP, VALUE, ChainCondition.UNCHECKED, false),
                        new CommitWrite(Path.of("other"), VALUE, ChainCondition.UNCHECKED, false)),
                List.of());
        assertThat(may(rights(Right.WRITE, "room.#"), commit)).isFalse();
        assertThat(may(rights(Right.WRITE, "#"), commit)).isTrue();
    }

    @Test
    void aSubtreeNeedsARuleForAllOfIt() {
        assertThat(may(rights(Right.READ, "room.#"), watch(ROOM))).isTrue();
        assertThat(may(rights(Right.READ, "room.+"), watch(ROOM))).isFalse();
        assertThat(may(rights(Right.READ, "room.#"), watch(Path.ROOT))).isFalse();
        assertThat(may(rights(Right.READ, "room.#"), watch(Path.ROOT, ROOM))).isTrue();
        assertThat(may(rights(Right.READ, "room.#"), watch(Path.ROOT, ROOM, CODE)))
                .isFalse();
        assertThat(may(rights(Right.WRITE, "room.temp"), new Request.DeleteTree(SEQ, ROOM, List.of(), false)))
                .isFalse();
    }

    @Test
    void aWildcardAtTheBeginningDoesNotReachTheSystem() {
        Rights all = both("#");
        assertThat(may(all, new Request.GetValue(SEQ, TEMP, false, false))).isTrue();
        assertThat(may(all, new Request.GetValue(SEQ, CODE, false, false))).isFalse();
        assertThat(may(both("+.#"), new Request.GetValue(SEQ, CODE, false, false)))
                .isFalse();
        assertThat(may(all, watch(Path.ROOT))).isFalse();
        assertThat(may(all.or(rights(Right.READ, ":.distkv.#")), watch(Path.ROOT)))
                .isTrue();
        assertThat(may(all, set(Path.of(".distkv", "hass", "light")))).isFalse();
        assertThat(may(both(":.distkv.hass.#"), set(Path.of(".distkv", "hass", "light"))))
                .isTrue();
    }

    @Test
    void theRightToWriteIsNotEnoughForTheSystem() {
        Rights everywhere = both("#").or(both(":.distkv.#"));
        for (String path : List.of(
                "code.proc.a",
                "run.any.g.a",
                "state.any.g.a",
                "claim.any.g.a",
                "presence.g.n",
                "error.n.1",
                "group.g",
                "config.x")) {
            assertThat(may(everywhere, set(Path.parse(":.distkv." + path))))
                    .as(path)
                    .isFalse();
        }
    }

    @Test
    void theInternalTreeNeedsAdmin() {
        Request read = new Request.GetValue(SEQ, Path.of("access", "user", "anna"), true, false);
        Request tree = new Request.GetTree(SEQ, Path.ROOT, true, Depths.ALL, false, false, false);
        for (String role : List.of("viewer", "editor", "operator", "author")) {
            assertThat(may(role(role), read)).isFalse();
            assertThat(may(role(role), tree)).isFalse();
        }
        assertThat(may(role("owner"), read)).isTrue();
    }

    @Test
    void pathsAreThoseBelowTheConnectionsRoot() {
        Rights reader = rights(Right.READ, "room.#");
        assertThat(may(reader, new Request.GetValue(SEQ, Path.of("temp"), false, false), ROOM))
                .isTrue();
        assertThat(may(reader, new Request.GetValue(SEQ, Path.of("room", "temp"), false, false), Path.of("x")))
                .isFalse();
        assertThat(may(reader, new Request.EnumerateNode(SEQ, "tree", 0), ROOM)).isTrue();
        assertThat(may(reader, new Request.EnumerateNode(SEQ, "tree", 0), Path.ROOT))
                .isFalse();
        assertThat(may(reader, new Request.Root(SEQ, Path.of("other")))).isFalse();
    }

    @Test
    void messagesNeedARuleForTheirTopics() {
        Rights reader = rights(Right.READ, "room.#");
        assertThat(may(reader, new Request.MsgMonitor(SEQ, List.of("room", "+"), false)))
                .isTrue();
        assertThat(may(reader, new Request.MsgMonitor(SEQ, List.of("#"), false)))
                .isFalse();
        assertThat(may(reader, new Request.MsgMonitor(SEQ, List.of("+", "temp"), false)))
                .isFalse();
        assertThat(may(reader, new Request.MsgSend(SEQ, List.of("room", "x"), VALUE, null)))
                .isFalse();
        assertThat(may(rights(Right.WRITE, "room.+"), new Request.MsgSend(SEQ, List.of("room", "x"), VALUE, null)))
                .isTrue();
    }

    @Test
    void theTopicThatCountsIsTheWholeOne() {
        Request send = new Request.MsgSend(SEQ, List.of(":run", "x"), VALUE, null);
        assertThat(may(rights(Right.WRITE, "root.#"), send)).isTrue();
        assertThat(may(rights(Right.WRITE, "::run.#"), send)).isFalse();
    }

    private Request job(Map<String, Object> entry, ChainCondition chain) {
        return new Request.CommitAll(SEQ, List.of(new CommitWrite(JOB, Values.encode(entry), chain, false)), List.of());
    }

    @Test
    void anOperatorChangesOnlyWhenAJobStarts() {
        entries.put(JOB, new Entry(JOB, Values.encode(Map.of("code", Path.of("heat"), "target", 5L)), 700, 0));
        Rights operator = role("operator");
        ChainCondition chain = new ChainCondition.Link("tree", 700);
        assertThat(may(operator, job(Map.of("code", Path.of("heat"), "target", 9L), chain)))
                .isTrue();
        assertThat(may(operator, job(Map.of("code", Path.of("heat")), chain))).isTrue();
        assertThat(may(operator, job(Map.of("code", Path.of("other"), "target", 5L), chain)))
                .isFalse();
        assertThat(may(operator, job(Map.of("code", Path.of("heat"), "target", 9L), ChainCondition.UNCHECKED)))
                .as("another entry may be there by then")
                .isFalse();
        assertThat(may(operator, job(Map.of("code", Path.of("heat")), new ChainCondition.Link("tree", 600))))
                .isFalse();
        assertThat(may(operator, set(JOB))).isFalse();
        assertThat(may(operator, new Request.DeleteValue(SEQ, JOB, false, WriteConditions.NONE, false)))
                .isFalse();
        assertThat(may(role("author"), job(Map.of("code", Path.of("other")), chain)))
                .isTrue();
    }

    @Test
    void aRoleWithinAPathGivesNothingElsewhere() {
        Rights within = role("owner").within(ROOM);
        assertThat(may(within, set(TEMP))).isTrue();
        assertThat(may(within, set(Path.of("other")))).isFalse();
        assertThat(may(within, set(CODE))).isFalse();
        assertThat(may(within, new Request.GetTree(SEQ, Path.ROOT, true, Depths.ALL, false, false, false)))
                .isFalse();
        Rights editor = role("editor").within(Path.of(".distkv", "code"));
        assertThat(may(editor, set(CODE))).isFalse();
        assertThat(may(editor, new Request.GetValue(SEQ, CODE, false, false))).isTrue();
        assertThat(may(editor, new Request.GetValue(SEQ, TEMP, false, false))).isFalse();
        assertThat(may(role("editor").within(ROOM).within(Path.of("hall")), set(TEMP)))
                .isFalse();
        assertThat(may(role("editor").within(ROOM).within(TEMP), set(TEMP))).isTrue();
    }
}
