package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Bytes;
import distkv.model.Chain;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.codec.ReplyDecoder;
import distkv.protocol.codec.ReplyEncoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Replies from both sides: what a server writes a client reads. */
class ReplyTest {
    private static final Seq SEQ = Seq.of(7);
    private static final Path PATH = Path.of("a", 1);
    private static final Value VALUE = Values.encode(Map.of("k", 1));
    private static final Chain CHAIN = new Chain("tree", 300);

    static List<Reply> replies() {
        return List.of(
                new Reply.Greeting("node", List.of(0, 1, 0), 300, 301, 10, List.of(), List.of("session", "since")),
                new Reply.Greeting("node", List.of(1), 0, 1, 0, Arrays.asList(null, "password"), List.of()),
                new Reply.Done(SEQ, 8),
                new Reply.Got(SEQ, VALUE, false, null, null, 8),
                new Reply.Got(SEQ, Values.NIL, true, CHAIN, PATH, 8),
                new Reply.Got(SEQ, VALUE, false, null, null, new Origin("anna", 77), 8),
                new Reply.Got(SEQ, null, true, null, null, 8),
                new Reply.Changed(SEQ, true, CHAIN, VALUE, 8),
                new Reply.Changed(SEQ, false, null, null, 8),
                new Reply.Changed(SEQ, true, null, null, "kept, not checked", 8),
                new Reply.Count(SEQ, 3, 8),
                new Reply.Result(SEQ, VALUE, 8),
                new Reply.Access(SEQ, Values.encode("rx"), 8),
                new Reply.State(SEQ, "node", Map.of(StatePart.NODES, VALUE), 8),
                new Reply.SessionOpened(SEQ, 4, "secret", Duration.ofMillis(300), "/run/s", 8),
                new Reply.SessionOpened(SEQ, 4, null, Duration.ofSeconds(3), null, 8),
                new Reply.SessionRenewed(SEQ, Duration.ofSeconds(3), 8),
                new Reply.PublicKey(SEQ, new Bytes(new byte[] {1, 2}), 3),
                new Reply.Committed(SEQ, List.of(300L, 301L), 301),
                new Reply.StreamStart(SEQ, 8),
                new Reply.StreamStart(SEQ, true, 8),
                new Reply.StreamEnd(SEQ, 8),
                new Reply.UpToDate(SEQ, 8),
                new Reply.Item(SEQ, 2, PATH, VALUE, CHAIN, 8),
                new Reply.Item(SEQ, 0, Path.ROOT, null, null, 8),
                new Reply.Item(SEQ, 0, Path.ROOT, null, null, new Origin("anna"), 8),
                new Reply.Removed(SEQ, 1, PATH, CHAIN, VALUE, 8),
                new Reply.Message(SEQ, List.of("a", "b"), VALUE, null, null, 8),
                new Reply.Message(SEQ, List.of("a"), null, new Bytes(new byte[] {(byte) 0xC1}), "no MsgPack", 8),
                new Reply.Ack(SEQ, 5, 8),
                new Reply.Failed(SEQ, "guard broken", Etype.GUARD, new Reply.Found(PATH, 4L), 8),
                new Reply.Failed(SEQ, "guard broken", Etype.CHAIN, new Reply.Found(PATH, null), 8),
                new Reply.Failed(null, "no map", Etype.OTHER, 8),
                new Reply.Done(new Seq.Raw(Values.encode("text")), 8));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void whatAServerWritesAClientReads(Reply reply) {
        MsgWriter out = new MsgWriter();
        new ReplyEncoder(out).write(reply);

        assertThat(ReplyDecoder.decode(Frame.of(out.toByteArray()))).isEqualTo(reply);
    }

    @ParameterizedTest
    @MethodSource("replies")
    void theNumberForFlowControlChangesNothingElse(Reply reply) {
        MsgWriter out = new MsgWriter();
        new ReplyEncoder(out).write(reply, 12);

        assertThat(ReplyDecoder.decode(Frame.of(out.toByteArray()))).isEqualTo(reply);
        assertThat(Values.decode(new Value(out.toByteArray())))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("wseq", 12L);
    }
}
