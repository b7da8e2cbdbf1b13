package distkv.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyValueHasAForm() {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        map.put("text", "a\"b\\c\n\u0001ä");
        map.put(1L, Arrays.asList(1.5, null, true, Double.NaN));
        map.put(Path.of("a", 1L), new byte[] {1, 2});
        assertThat(Json.line(map))
                .isEqualTo("{\"text\": \"a\\\"b\\\\c\\n\\u0001ä\", \"1\": [1.5, null, true, \"nan\"],"
                        + " \"a:1\": \"AQI=\"}\n");
    }

    @Test
    void aLoneSurrogateIsEscaped() {
        assertThat(Json.line("\ud800x😀")).isEqualTo("\"\\ud800x😀\"\n");
    }
}
