package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Value;
import distkv.protocol.codec.ReplyDecoder;
import distkv.protocol.codec.RequestDecoder;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames out of a stream of bytes, however they arrive and whatever they claim. */
class FrameReaderTest {
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    @BeforeEach
    void printTheSeed(TestReporter reporter) {
        reporter.publishEntry("seed", String.valueOf(seed));
    }

    @Test
    void framesAreTheSameHoweverTheirBytesArrive() throws IOException {
        RandomValues values = new RandomValues(seed);
        List<Value> sent = new ArrayList<>();
        MsgWriter out = new MsgWriter();
        for (int i = 0; i < 500; i++) {
            Value frame = Values.encode(Map.of("seq", i, "value", Values.encode(values.next())));
            sent.add(frame);
            out.value(frame);
        }
        Value large = Values.encode(Map.of("value", new byte[300_000]));
        sent.add(large);
        out.value(large);

        FrameReader reader = new FrameReader(new Dribble(out.toByteArray(), random), FrameLimits.DEFAULT);
        List<Value> read = new ArrayList<>();
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
            read.add(frame.copy());
        }

        assertThat(read).as("seed %d", seed).isEqualTo(sent);
    }

    @Test
    void aReaderIsReadyExactlyWhenAWholeFrameHasArrived() throws IOException {
        byte[] two = HexFormat.of().parseHex("81a17301" + "81a17302" + "81a1");
        FrameReader reader = new FrameReader(new ByteArrayInputStream(two), FrameLimits.DEFAULT);

        assertThat(reader.ready()).isFalse();
        assertThat(reader.next()).isNotNull();
        assertThat(reader.ready()).isTrue();
        assertThat(reader.next()).isNotNull();
        assertThat(reader.ready()).isFalse();
    }

    @Test
    void aStreamThatEndsWithinAFrameIsAnError() throws IOException {
        assertThatThrownBy(() -> reader("81a173").next())
                .isInstanceOf(EOFException.class)
                .hasMessage("end of stream after 3 bytes of a message");
        assertThat(reader("").next()).isNull();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            2a,                   begins with byte 2a (expected: a MsgPack map)
            93,                   begins with byte 93 (expected: a MsgPack map)
            c1,                   begins with byte c1 (expected: a MsgPack map)
            81a173c1,             byte c1 in a message (expected: MsgPack)
            81a173dbffffffff,     more than 16777216 bytes: text or bytes of 4294967295
            81a173c6ffffffff,     more than 16777216 bytes: text or bytes of 4294967295
            81a173c9ffffffff01,   more than 16777216 bytes: text or bytes of 4294967295
            81a173ddffffffff,     more than 16777216 bytes: a map or array of 4294967295
            dfffffffff,           more than 16777216 bytes: a map or array of 8589934590
            81a173db01000000,     more than 16777216 bytes
            """)
    void whatCannotBeAFrameIsRefusedAtOnce(String hex, String message) {
        assertThatThrownBy(() -> reader(hex).next())
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRefusedFrameIsRefusedAgain() throws IOException {
        FrameReader reader = reader("81a17301 81a173c1");
        assertThat(reader.next()).isNotNull();

        assertThat(reader.ready()).isTrue();
        assertThatThrownBy(reader::next).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(reader::next).isInstanceOf(ProtocolException.class);
    }

    @Test
    void aFrameMayBeAsLargeAndAsDeepAsTheLimitsSay() throws IOException {
        FrameLimits limits = new FrameLimits(1024, 8);
        byte[] largest = Values.encode(Map.of("k", new byte[1024 - 6])).bytes();
        byte[] deepest = HexFormat.of().parseHex("81a16b" + "91".repeat(7) + "00");

        assertThat(largest).hasSize(1024);
        assertThat(new FrameReader(new ByteArrayInputStream(largest), limits).next())
                .isNotNull();
        assertThat(new FrameReader(new ByteArrayInputStream(deepest), limits).next())
                .isNotNull();
        byte[] larger = Values.encode(Map.of("k", new byte[1024 - 5])).bytes();
        byte[] deeper = HexFormat.of().parseHex("81a16b" + "91".repeat(8) + "00");
        assertThatThrownBy(() -> new FrameReader(new ByteArrayInputStream(larger), limits).next())
                .hasMessageContaining("more than 1024 bytes");
        assertThatThrownBy(() -> new FrameReader(new ByteArrayInputStream(deeper), limits).next())
                .hasMessageContaining("nested more than 8 deep");
    }

    @Test
    void aLengthThatIsOnlyClaimedCostsNothing() {
        // 15 MB are within the limits, so they are waited for; but only what has arrived may take memory.
        InputStream claim = new ByteArrayInputStream(HexFormat.of().parseHex("81a173c600f00000"));
        List<Integer> asked = new ArrayList<>();
        FrameReader reader = new FrameReader(
                new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("read byte by byte");
                    }

                    @Override
                    public int read(byte[] target, int from, int length) throws IOException {
                        asked.add(target.length);
                        return claim.read(target, from, length);
                    }
                },
                FrameLimits.DEFAULT);

        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
        assertThat(asked).allMatch(size -> size <= 16 * 1024);
    }

    @Test
    void garbageIsRefusedOrReadButNothingElseHappens() throws IOException {
        RandomValues values = new RandomValues(seed);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = Values.encode(Map.of("seq", 1, "action", "set_value", "path", values.path(), "value", i))
                    .bytes();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes), FrameLimits.DEFAULT);
            try {
                for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
                    assertThat(RequestDecoder.decode(frame)).isNotNull();
                    readReply(frame);
                }
            } catch (ProtocolException | EOFException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching(".+");
            }
        }
    }

    private static void readReply(Frame frame) {
        try {
            assertThat(ReplyDecoder.decode(frame)).isNotNull();
        } catch (ProtocolException e) {
            assertThat(e).hasMessageMatching(".+");
        }
    }

    private static FrameReader reader(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return new FrameReader(new ByteArrayInputStream(bytes), FrameLimits.DEFAULT);
    }

    /** Gives its bytes in portions of random size. */
    private static final class Dribble extends InputStream {
        private final ByteArrayInputStream in;
        private final Random random;

        Dribble(byte[] bytes, Random random) {
            this.in = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] target, int from, int length) {
            int most = random.nextBoolean() ? 3 : 20_000;
            return in.read(target, from, Math.min(length, 1 + random.nextInt(most)));
        }
    }
}
