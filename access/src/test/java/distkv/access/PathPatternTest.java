package distkv.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "room.temp, room.temp, true",
        "room.temp, room, false",
        "room.temp, room.temp.old, false",
        "room.temp, room.tempo, false",
        "room.+, room.temp, true",
        "room.+, room, false",
        "room.+, room.temp.old, false",
        "+.temp, room.temp, true",
        "+.temp, room.light, false",
        "room.#, room, true",
        "room.#, room.a.b.c, true",
        "room.#, rooms, false",
        "room.+.#, room, false",
        "room.+.#, room.a, true",
        "#, :, true",
        "#, a.b, true",
        "a:3.b, a:3.b, true",
        "a:3.b, 'a.3.b', false",
    })
    void matchesAsMqttDoes(String pattern, String path, boolean expected) {
        assertThat(PathPattern.parse(pattern).matches(Path.parse(path))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "room.#, room, true",
        "room.#, room.a, true",
        "room.#, :, false",
        "room.+.#, room, false",
        "room.+.#, room.a, true",
        "room.temp, room.temp, false",
        "#, :, true"
    })
    void matchesASubtreeOnlyAsAWhole(String pattern, String top, boolean expected) {
        assertThat(PathPattern.parse(pattern).matchesBelow(Path.parse(top))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "#, +.#, true",
        "a.#, a, true",
        "a.#, a.+, true",
        "a.#, #, false",
        "a.+, a.#, false",
        "a.+, a.+, true",
        "a.+, a.b, true",
        "a.b, a.+, false",
        "+.b, a.b, true"
    })
    void coversAnotherPattern(String pattern, String other, boolean expected) {
        assertThat(PathPattern.parse(pattern).covers(PathPattern.parse(other))).isEqualTo(expected);
    }

    @Test
    void aPathWithAWildcardAsElementIsMatchedButNeverANamedElement() {
        Path odd = Path.of("a", "+");
        assertThat(PathPattern.parse("a.+").matches(odd)).isTrue();
        assertThat(PathPattern.parse("a.b").matches(odd)).isFalse();
        assertThat(PathPattern.parse("a.b.#").matchesBelow(odd)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.#.b", "#.#", "a..b", ""})
    void whatIsNoPatternIsRefusedWithItsText(String text) {
        assertThatThrownBy(() -> PathPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pattern: ");
    }

    @Test
    void printsAsItIsRead() {
        assertThat(PathPattern.parse("a:3.+.#")).hasToString("a:3.+.#").isEqualTo(PathPattern.parse("a:3.+.#"));
    }
}
