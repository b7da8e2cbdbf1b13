package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Bytes;
import distkv.model.Depths;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.codec.RequestDecoder;
import distkv.protocol.codec.RequestEncoder;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests from both sides: what a client writes a server reads, and what is malformed is named. */
class RequestTest {
    private static final Seq SEQ = Seq.of(7);
    private static final Path PATH = Path.of("a", 1, 2.5, true, null);
    private static final Value VALUE = Values.encode(List.of(1, "two"));
    private static final List<Guard> GUARDS = List.of(new Guard(Path.of("lock"), 512));
    private static final WriteConditions LINKED =
            new WriteConditions(new ChainCondition.Link("tree", 300), Values.NIL, GUARDS);
    private static final WriteConditions ABSENT = new WriteConditions(ChainCondition.ABSENT, null, List.of());

    static List<Request> requests() {
        return List.of(
                new Request.GetValue(SEQ, PATH, false, true),
                new Request.GetValue(Seq.of(-3), Path.ROOT, true, false),
                new Request.GetValue(SEQ, PATH, false, false, true),
                new Request.GetByTick(SEQ, "tree", 300, true),
                new Request.SetValue(SEQ, PATH, false, VALUE, LINKED, false, false, false, 77),
                new Request.DeleteValue(SEQ, PATH, false, LINKED, false, 77),
                new Request.DeleteTree(SEQ, PATH, GUARDS, false, 77),
                new Request.GetTree(SEQ, PATH, false, Depths.ALL, false, false, false, true),
                new Request.Watch(SEQ, PATH, List.of(), Depths.ALL, false, null, false, false, true),
                new Request.CommitAll(
                        SEQ,
                        List.of(new CommitWrite(PATH, VALUE, ChainCondition.UNCHECKED, false)),
                        GUARDS,
                        77,
                        "anna"),
                new Request.SetValue(SEQ, PATH, false, VALUE, WriteConditions.NONE, true, true, false),
                new Request.SetValue(SEQ, PATH, true, VALUE, LINKED, false, false, true),
                new Request.SetValue(SEQ, PATH, false, Values.NIL, ABSENT, false, true, false),
                new Request.DeleteValue(SEQ, PATH, false, LINKED, true),
                new Request.DeleteValue(SEQ, PATH, true, WriteConditions.NONE, false),
                new Request.DeleteTree(SEQ, PATH, GUARDS, true),
                new Request.GetTree(SEQ, PATH, false, new Depths(1, 3), true, true, true),
                new Request.GetTree(SEQ, PATH, true, Depths.ALL, false, false, false),
                new Request.Watch(SEQ, PATH, List.of(), Depths.ROOT, true, null, true, true),
                new Request.Watch(
                        SEQ, PATH, List.of(Path.of("a"), Path.of("b", 1L)), Depths.ALL, false, 77L, false, false),
                new Request.Enumerate(SEQ, PATH, false, true, true, true),
                new Request.Enumerate(SEQ, PATH, true, false, false, false),
                new Request.Root(SEQ, PATH),
                new Request.GetState(SEQ, EnumSet.of(StatePart.NODES, StatePart.REMOTE_MISSING)),
                new Request.GetTock(SEQ),
                new Request.Stop(SEQ, Seq.of(3)),
                new Request.MsgSend(SEQ, List.of("a", "b"), VALUE, null),
                new Request.MsgSend(SEQ, List.of("a"), null, new Bytes(new byte[] {1})),
                new Request.MsgMonitor(SEQ, List.of("a", "+", "#"), true),
                new Request.TestAcl(SEQ, PATH, "r", null),
                new Request.OpenSession(SEQ, Duration.ofMillis(300)),
                new Request.AttachSession(SEQ, 12, "secret"),
                new Request.RenewSession(SEQ),
                new Request.EndSession(SEQ),
                new Request.CommitAll(
                        SEQ,
                        List.of(
                                new CommitWrite(PATH, VALUE, ChainCondition.ABSENT, true),
                                new CommitWrite(Path.of("b"), null, new ChainCondition.Link("tree", 5), false)),
                        GUARDS),
                new Request.Hello(10),
                new Request.Ack(SEQ, 9),
                new Request.StreamEnd(SEQ),
                new Request.DiffieHellman(SEQ, new Bytes(new byte[] {1, 2})),
                new Request.LogIn(SEQ, "password", "anna", new Request.Secret("secret", null)),
                new Request.LogIn(SEQ, "password", "anna", new Request.Secret(null, new Bytes(new byte[] {3}))),
                new Request.LogIn(SEQ, "token", "", new Request.Secret("dkv_1_2", null)),
                new Request.WhoAmI(SEQ),
                new Request.LogIn(SEQ, "code", "", new Request.Secret("secret", null)),
                new Request.AskForCode(SEQ, "laptop"),
                new Request.ApproveCode(SEQ, "BCDF-GHJK", null, null),
                new Request.ApproveCode(SEQ, "BCDF-GHJK", "anna", false),
                new Request.KeepToken(SEQ, "0011", "laptop", "ff", 12.5),
                new Request.DropToken(SEQ, "0011"),
                new Request.ChangePassword(SEQ, new Request.Secret("secret", null), new Request.Secret("better", null)),
                new Request.Unsupported(SEQ, "auth_get", true),
                new Request.Unsupported(SEQ, "auth_set"),
                new Request.Unknown(SEQ, "no_such_action", true),
                new Request.Unknown(SEQ, "no_such_action"));
    }

    static List<Request> requestsAboutNodes() {
        return List.of(
                new Request.InviteNode(
                        SEQ, "attic", List.of("house"), List.of("gpio", "usb"), Duration.ofHours(1), "vm:27586"),
                new Request.InviteNode(SEQ, "attic", List.of(), List.of(), Duration.ofSeconds(1), null),
                new Request.JoinAsNode(SEQ, new Request.Secret("id_secret", null), new Bytes(new byte[] {4})),
                new Request.RenewNode(SEQ, new Bytes(new byte[] {5})),
                new Request.ListNodes(SEQ),
                new Request.RevokeNode(SEQ, "attic"));
    }

    @ParameterizedTest
    @MethodSource({"requests", "requestsAboutNodes"})
    void whatAClientWritesAServerReads(Request request) {
        MsgWriter out = new MsgWriter();
        new RequestEncoder(out).write(request);

        assertThat(RequestDecoder.decode(Frame.of(out.toByteArray()))).isEqualTo(request);
    }

    @Test
    void aSecretIsNeverShown() {
        assertThat(new Request.LogIn(SEQ, "password", "anna", new Request.Secret("hunter2", null)).toString())
                .contains("anna")
                .doesNotContain("hunter2");
    }

    @Test
    void aTextSeqIsEchoedAsItIs() {
        Request request = decode(Map.of("action", "get_tock", "seq", "str"));

        assertThat(request).isEqualTo(new Request.GetTock(new Seq.Raw(Values.encode("str"))));
    }

    @Test
    void aPathMayBeAnExtensionValue() {
        Request request = decode(Map.of("action", "get_value", "seq", 4, "path", Path.of("t2", "a"), "nchain", false));

        assertThat(request).isEqualTo(new Request.GetValue(Seq.of(4), Path.of("t2", "a"), false, false));
    }

    @Test
    void settingNotGivenDeletes() {
        Request request =
                decode(Map.of("action", "set_value", "seq", 4, "path", List.of("a"), "value", Values.NOT_GIVEN));

        assertThat(request)
                .isEqualTo(new Request.DeleteValue(Seq.of(4), Path.of("a"), false, WriteConditions.NONE, true));
    }

    @Test
    void unknownKeysAndKeysThatAreNoTextArePassedOver() {
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put(List.of(1, 2), "x");
        map.put(17, List.of("deep", List.of()));
        map.put("whatever", Map.of("seq", 9));
        map.put("seq", 5);
        map.put("action", "get_tock");

        assertThat(decode(map)).isEqualTo(new Request.GetTock(Seq.of(5)));
    }

    static List<List<Object>> malformed() {
        return List.of(
                List.of(Map.of("action", "get_value"), "path: missing (expected: an array or a path)"),
                List.of(Map.of("action", "get_value", "path", 5), "path: an integer (expected: an array or a path)"),
                List.of(
                        Map.of("action", "get_tree", "path", List.of(), "max_depth", -2),
                        "max_depth: -2 (expected: -1 or more)"),
                List.of(
                        Map.of("action", "watch", "path", List.of(), "fetch", "yes"),
                        "fetch: 'yes' (expected: true or false)"),
                List.of(
                        Map.of("action", "set_value", "path", List.of(), "value", 1, "chain", 5),
                        "chain: 5 (expected: nil or a map with node and tick)"),
                List.of(Map.of("action", "session", "ttl", 0.01), "ttl: 0.01 (expected: seconds, 0.1 to 86400)"),
                List.of(
                        Map.of("action", "set_value", "path", List.of(), "value", 1, "cause", -1),
                        "cause: -1 (expected: a tick)"),
                List.of(
                        Map.of("action", "commit", "writes", List.of(Map.of("path", List.of())), "by", ""),
                        "by: '' (expected: text of 1 to 600 characters)"),
                List.of(Map.of("action", "commit", "writes", List.of()), "writes: 0 elements (expected: 1 to 256)"),
                List.of(
                        Map.of("action", "commit", "writes", List.of(Map.of("value", 1))),
                        "writes, element 1: path: missing (expected: an array or a path)"),
                List.of(Map.of("path", List.of()), "action: missing (expected: the name of an action)"),
                List.of(Map.of("action", 5), "action: 5 (expected: the name of an action)"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void aMalformedRequestNamesTheKeyAndWhatWasExpected(List<Object> row) {
        Map<Object, Object> map = new LinkedHashMap<>((Map<?, ?>) row.get(0));
        map.put("seq", 3);

        boolean stream = Set.of("get_tree", "watch").contains(String.valueOf(map.get("action")));
        assertThat(decode(map)).isEqualTo(new Request.Malformed(Seq.of(3), (String) row.get(1), stream));
    }

    @Test
    void withoutASeqThereIsNoneInTheError() {
        assertThat(decode(Map.of("action", "get_tock")))
                .isEqualTo(new Request.Malformed(null, "seq: missing (expected: a positive integer)"));
    }

    private static Request decode(Map<?, ?> map) {
        return RequestDecoder.decode(Frame.of(Values.encode(map).bytes()));
    }
}
