package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Value;
import distkv.protocol.codec.RequestDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is sent costs a few times its bytes at most, in memory and in time. The time is not measured: what is not linear
 * takes minutes here.
 */
@Timeout(60)
class HostileTest {
    private static final int SIZE = 1_000_000;

    /**
     * How many times the bytes of a value it may allocate, most of it not at the same time, and what may come on top: to
     * copy it once for each level that a frame may have, or an exception for every three bytes.
     */
    private static final int TIMES = 200;

    private static final long BESIDES = 1 << 20;

    static Stream<Arguments> values() {
        return Hostile.values(SIZE).entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    /** The same but for its last byte, so that all of it has to be compared. */
    private static Value other(Value value) {
        byte[] bytes = value.bytes().clone();
        bytes[bytes.length - 1] ^= 1;
        return new Value(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void toCompareThemIsLinear(String what, Value value) {
        Value other = other(value);
        long allocated = Hostile.allocated(() -> {
            try {
                return Values.same(value, other);
            } catch (ProtocolException e) {
                return e;
            }
        });
        assertThat(allocated).isLessThan((long) TIMES * value.size() + BESIDES);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void toDecodeThemIsLinear(String what, Value value) {
        long allocated = Hostile.allocated(() -> {
            try {
                return Values.decode(value);
            } catch (ProtocolException e) {
                return e;
            }
        });
        assertThat(allocated).isLessThan((long) TIMES * value.size() + BESIDES);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void toLookWhetherTheyAreSoundTakesNoMemory(String what, Value value) {
        assertThat(Hostile.allocated(() -> Values.isSound(value, 48))).isLessThan(100_000);
    }

    @Test
    void anElementThatIsNothingIsNoObject() {
        Value nils = Hostile.nils(SIZE);
        assertThat(Hostile.allocated(() -> Values.decode(nils))).isLessThan(16L * SIZE);
        assertThat(Hostile.allocated(() -> Values.same(nils, Hostile.nils(SIZE - 1))))
                .isLessThan(16L * SIZE);
    }

    @Test
    void whatIsSoundIsOneValueThatIsNotTooDeep() {
        assertThat(Values.isSound(Values.encode(Map.of("a", List.of(1, Map.of()))), 3))
                .isTrue();
        assertThat(Values.isSound(Values.encode(Map.of("a", List.of(1, Map.of()))), 2))
                .isFalse();
        assertThat(Values.isSound(new Value(new byte[] {1, 2}), 9)).isFalse();
        assertThat(Values.isSound(new Value(new byte[] {(byte) 0x92, 2}), 9)).isFalse();
        assertThat(Values.isSound(new Value(new byte[] {}), 9)).isFalse();
        assertThat(Values.isSound(new Value(new byte[] {(byte) 0x90}), 1)).isTrue();
    }

    @Test
    void keysThatWereChosenToShareAHashAreRefused() {
        assertThatThrownBy(() -> Values.decode(Hostile.listKeys(SIZE)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("keys of the same hash");
    }

    static Stream<Arguments> requests() {
        Value nils = Hostile.nils(SIZE);
        List<Object> maps = Collections.nCopies(SIZE, Map.of());
        return Stream.of(
                Arguments.of("writes", "at most 256", Map.of("action", "commit", "writes", maps)),
                Arguments.of(
                        "guards", "at most 256", Map.of("action", "delete_value", "path", List.of("a"), "guard", nils)),
                Arguments.of("only", "at most 1000", Map.of("action", "watch", "path", List.of(), "only", nils)),
                Arguments.of("a path", "at most 255", Map.of("action", "get_value", "path", nils)),
                Arguments.of(
                        "a path of text",
                        "at most 32768",
                        Map.of("action", "get_value", "path", List.of("a".repeat(SIZE)))),
                Arguments.of("a topic", "at most 65535", Map.of("action", "msg_monitor", "topic", "/".repeat(SIZE))),
                Arguments.of("an action", "", Map.of("action", "x".repeat(SIZE))),
                Arguments.of("a seq", "a positive integer", Map.of("action", "get_tock", "seq", "x".repeat(SIZE))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void aRequestIsRefusedBeforeItCosts(String what, String expected, Map<String, Object> request) {
        Map<String, Object> whole = new LinkedHashMap<>(request);
        whole.putIfAbsent("seq", 1);
        Frame frame = Frame.of(Values.encode(whole).bytes());
        assertThat(Hostile.allocated(() -> RequestDecoder.decode(frame))).isLessThan(3L * frame.size());
        switch (RequestDecoder.decode(frame)) {
            case Request.Malformed(var _, String reason, var _) ->
                assertThat(reason).contains(expected).hasSizeLessThan(300);
            case Request.Unknown(var _, String action, var _) ->
                assertThat(action).hasSizeLessThan(300);
            case Request other -> throw new AssertionError(other.toString());
        }
    }

    @Test
    void theOrderOfPairsDoesNotMatterHoweverDeepTheyAre() {
        for (long seed = 1; seed <= 500; seed++) {
            Object object = new RandomValues(seed).next();
            Value value = Values.encode(object);
            Value shuffled = Values.encode(shuffled(object, new Random(seed)));
            assertThat(Values.same(value, shuffled)).as("seed %d", seed).isTrue();
            assertThat(Values.same(value, Values.encode(Arrays.asList(object))))
                    .as("seed %d", seed)
                    .isFalse();
        }
    }

    private static @Nullable Object shuffled(@Nullable Object object, Random random) {
        return switch (object) {
            case List<?> list -> list.stream().map(one -> shuffled(one, random)).toList();
            case Map<?, ?> map -> {
                List<Map.Entry<?, ?>> pairs = new ArrayList<>(map.entrySet());
                Collections.shuffle(pairs, random);
                Map<Object, Object> mixed = new LinkedHashMap<>();
                pairs.forEach(pair -> mixed.put(shuffled(pair.getKey(), random), shuffled(pair.getValue(), random)));
                yield mixed;
            }
            case null, default -> object;
        };
    }
}
