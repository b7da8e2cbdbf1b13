package distkv.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Origin;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AuthorNamesTest {
    private final AuthorNames names = new AuthorNames();

    private String of(String by) {
        return String.valueOf(names.of(by.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void storedAndNewOriginsShareTheirNames() {
        String stored = of("run any.a.b@attic#1/2");
        assertThat(stored).isEqualTo("run any.a.b@attic");
        assertThat(names.of(new Origin("run any.a.b@attic#2/2"))).isSameAs(stored);
        assertThat(of("anna")).isEqualTo("anna");
        assertThat(of("run any.a.b@attic#3")).isSameAs(stored);
        assertThat(names.of(new Origin("anna"))).isEqualTo("anna");
        assertThat(names.of((Origin) null)).isNull();
        assertThat(names.of((byte[]) null)).isNull();
    }

    @Test
    void jobsThatComeAndGoForEverDoNotFillTheMemory() {
        for (int i = 0; i < AuthorNames.MOST; i++) {
            assertThat(of("run any.a." + i + "@attic#1")).isEqualTo("run any.a." + i + "@attic");
        }
        assertThat(of("run any.a.another@attic#1")).isSameAs(AuthorNames.SOME_RUN);
        assertThat(of("run any.a.7@attic#2")).isEqualTo("run any.a.7@attic");
        assertThat(of("anna")).isEqualTo("anna");
    }
}
