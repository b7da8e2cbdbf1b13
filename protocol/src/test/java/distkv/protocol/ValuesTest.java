package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values as objects, and when two are the same. */
class ValuesTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            01,          cc01,                     widths of an integer
            01,          d3 0000000000000001,      signed and unsigned
            cc80,        d1 0080,                  an integer above a signed byte
            ca 3fc00000, cb 3ff8000000000000,      float32 and float64
            cb 7ff8000000000000, cb fff8000000000001, one NaN and another
            a161,        d90161,                   heads of text
            920102,      dc0002 0102,              heads of an array
            82a16101a16202, 82a16202a16101,        orders of a map
            81a16191 01, 81a161 91cc01,            within containers
            81 a16102,   82a16101a16102,           a key twice
            d402 05,     05,                       an integer of the extension type for big ones
            c70303 a16101, c70403 a161cc01,        elements of a path
            """)
    void theseAreTheSame(String a, String b, String why) {
        assertThat(Values.same(value(a), value(b))).as(why).isTrue();
        assertThat(Values.same(value(b), value(a))).as(why).isTrue();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            01,          cb 3ff0000000000000, an integer and a float
            01,          c3,                  an integer and a boolean
            00,          c2,                  zero and false
            c0,          c2,                  nil and false
            a161,        c40161,              text and bytes
            90,          80,                  an array and a map
            920102,      920201,              orders of an array
            81a16101,    81a16102,            values of a map
            81a16101,    81a16201,            keys of a map
            cb 0000000000000000, cb 8000000000000000, zero and minus zero
            d40461,      d40561,              extension types
            91a161,      c70203 a161,         an array and a path
            a1ff,        a1fe,                texts that are not UTF-8
            """)
    void theseAreNot(String a, String b, String why) {
        assertThat(Values.same(value(a), value(b))).as(why).isFalse();
        assertThat(Values.same(value(b), value(a))).as(why).isFalse();
    }

    @Test
    void objectsAreWhatTheDocumentationSays() {
        assertThat(decode("c0")).isNull();
        assertThat(decode("c3")).isEqualTo(true);
        assertThat(decode("d0 80")).isEqualTo(-128L);
        assertThat(decode("cf 8000000000000000")).isEqualTo(BigInteger.TWO.pow(63));
        assertThat(decode("ca 3fc00000")).isEqualTo(1.5);
        assertThat(decode("a3 616263")).isEqualTo("abc");
        assertThat(decode("c402 00ff")).isEqualTo(new byte[] {0, -1});
        assertThat(decode("92 01 c0")).isEqualTo(Arrays.asList(1L, null));
        assertThat(decode("81 c40161 01")).isEqualTo(Map.of(new Bytes(new byte[] {'a'}), 1L));
        assertThat(decode("c705 03 a16101a162")).isEqualTo(Path.of("a", 1, "b"));
        assertThat(decode("d402 ff")).isEqualTo(255L);
        assertThat(decode("c709 02 400000000000000000")).isEqualTo(BigInteger.TWO.pow(70));
        assertThat(decode("c702 63 7a7a")).isEqualTo(new Ext(99, new byte[] {'z', 'z'}));
    }

    @Test
    void whatOnlyLooksLikeAPathIsPassedOn() {
        assertThat(decode("d403 c1")).isEqualTo(new Ext(3, new byte[] {(byte) 0xC1}));
        assertThat(decode("d403 80")).isEqualTo(new Ext(3, new byte[] {(byte) 0x80}));
        assertThat(Values.same(value("d403 c1"), value("c70103 c1"))).isTrue();
    }

    @Test
    void objectsOfOtherTypesAreRefused() {
        assertThatThrownBy(() -> Values.encode(List.of(new Object())))
                .hasMessageContaining("java.lang.Object (expected: null, boolean");
        assertThatThrownBy(() -> Values.encode(BigInteger.TWO.pow(64).negate()))
                .hasMessageContaining("(expected: -2^63 or more)");
    }

    @ParameterizedTest
    @CsvSource({"'', cut off", "d9, cut off", "a261, text of 2 bytes", "c1, byte c1", "0101, more bytes", "92, of 2"})
    void whatIsNoValueIsRefused(String hex, String message) {
        assertThatThrownBy(() -> decode(hex))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aLengthIsNotTrusted() {
        for (String head : List.of("db ffffffff", "c6 ffffffff", "dd ffffffff", "df ffffffff", "c9 ffffffff 01")) {
            assertThatThrownBy(() -> decode(head)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void nestingIsLimited() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x91);

        assertThatThrownBy(() -> Values.decode(new Value(deep))).isInstanceOf(ProtocolException.class);
        byte[] other = deep.clone();
        other[99_999] = 0;
        assertThatThrownBy(() -> Values.same(new Value(deep), new Value(other))).isInstanceOf(ProtocolException.class);
    }

    @Test
    void aMapKeepsItsOrder() {
        Map<String, Integer> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", 2);

        assertThat(Values.decode(Values.encode(map))).hasToString("{z=1, a=2}");
    }

    private static @Nullable Object decode(String hex) {
        return Values.decode(value(hex));
    }

    private static Value value(String hex) {
        return new Value(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
