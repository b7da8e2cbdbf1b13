package distkv.server.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicPatternTest {
    @ParameterizedTest
    @CsvSource({
        "a/b, a/b, true",
        "a/b, a/c, false",
        "a/b, a, false",
        "a/b, a/b/c, false",
        "a/+, a/b, true",
        "a/+, a, false",
        "a/+/c, a/b/c, true",
        "+, a/b, false",
        "a/#, a/b/c, true",
        "a/#, a, true",
        "#, a/b, true"
    })
    void wildcardsAreThoseOfMqtt(String pattern, String topic, boolean matches) {
        assertThat(TopicPattern.match(List.of(pattern.split("/")), List.of(topic.split("/"))))
                .isEqualTo(matches);
    }
}
