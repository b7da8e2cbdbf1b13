package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Value;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/** Our MsgPack against another implementation, on many values; the seed is printed and can be set with -Dseed. */
class OracleTest {
    private static final int ROUNDS = 3000;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final RandomValues values = new RandomValues(seed);

    @BeforeEach
    void printTheSeed(TestReporter reporter) {
        reporter.publishEntry("seed", String.valueOf(seed));
    }

    @Test
    void whatWeWriteIsByteForByteWhatItWrites() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Object object = values.next();

            assertThat(Values.encode(object).bytes())
                    .as("seed %d: %s", seed, object)
                    .isEqualTo(pack(object));
        }
    }

    @Test
    void whatWeWriteWeReadBack() {
        for (int i = 0; i < ROUNDS; i++) {
            Object object = values.next();

            assertThat(Values.decode(Values.encode(object)))
                    .as("seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(object);
        }
    }

    @Test
    void whatWeSkipEndsWhereItEnds() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Value value = Values.encode(values.next());
            MsgReader in = MsgReader.of(value);
            in.skip();

            assertThat(in.atEnd()).as("seed %d", seed).isTrue();
            try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(value.bytes())) {
                unpacker.skipValue();
                assertThat(unpacker.getTotalReadBytes()).isEqualTo(in.position());
            }
        }
    }

    @Test
    void everyCutIsNoticed() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] whole = Values.encode(values.next()).bytes();
            for (int cut = 0; cut < Math.min(whole.length, 50); cut++) {
                MsgReader in = new MsgReader(whole, 0, cut);
                assertThat(refuses(in::skip)).as("seed %d", seed).isTrue();
            }
        }
    }

    @Test
    void pathsComeBackFromArrayAndExtension() {
        for (int i = 0; i < ROUNDS; i++) {
            var path = values.path();
            MsgWriter out = new MsgWriter();
            WirePath.write(out, path);
            WirePath.writeExt(out, path);
            MsgReader in = new MsgReader(out.toByteArray(), 0, out.size());

            assertThat(WirePath.read(in)).as("seed %d", seed).isEqualTo(path);
            assertThat(WirePath.read(in)).as("seed %d", seed).isEqualTo(path);
            assertThat(in.atEnd()).isTrue();
        }
    }

    private static boolean refuses(Runnable action) {
        try {
            action.run();
            return false;
        } catch (ProtocolException e) {
            return true;
        }
    }

    private static byte[] pack(@Nullable Object object) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            pack(packer, object);
            return packer.toByteArray();
        }
    }

    private static void pack(MessageBufferPacker packer, @Nullable Object object) throws IOException {
        switch (object) {
            case null -> packer.packNil();
            case Boolean flag -> packer.packBoolean(flag);
            case Long number -> packer.packLong(number);
            case BigInteger number when number.bitLength() <= 64 -> packer.packBigInteger(number);
            case BigInteger number -> {
                byte[] bytes = number.toByteArray();
                int start = bytes[0] == 0 ? 1 : 0;
                packer.packExtensionTypeHeader((byte) 2, bytes.length - start);
                packer.addPayload(bytes, start, bytes.length - start);
            }
            case Double number -> packer.packDouble(number);
            case String text -> packer.packString(text);
            case byte[] bytes -> {
                packer.packBinaryHeader(bytes.length);
                packer.addPayload(bytes);
            }
            case List<?> list -> {
                packer.packArrayHeader(list.size());
                for (Object element : list) {
                    pack(packer, element);
                }
            }
            case Map<?, ?> map -> {
                packer.packMapHeader(map.size());
                for (Map.Entry<?, ?> pair : map.entrySet()) {
                    pack(packer, pair.getKey());
                    pack(packer, pair.getValue());
                }
            }
            case Ext ext -> {
                packer.packExtensionTypeHeader((byte) ext.type(), ext.bytes().length);
                packer.addPayload(ext.bytes());
            }
            case distkv.model.Path path -> {
                try (MessageBufferPacker inner = MessagePack.newDefaultBufferPacker()) {
                    for (Object element : path.elements()) {
                        packElement(inner, element);
                    }
                    packer.packExtensionTypeHeader((byte) 3, (int) inner.getTotalWrittenBytes());
                    packer.addPayload(inner.toByteArray());
                }
            }
            default -> throw new AssertionError("no such value: " + object);
        }
    }

    private static void packElement(MessageBufferPacker packer, Object element) throws IOException {
        switch (element) {
            case distkv.model.Bytes bytes -> pack(packer, bytes.array());
            case distkv.model.Path path -> {
                packer.packArrayHeader(path.length());
                for (Object inner : path.elements()) {
                    packElement(packer, inner);
                }
            }
            default -> pack(packer, element);
        }
    }
}
