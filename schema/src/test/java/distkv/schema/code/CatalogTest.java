package distkv.schema.code;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CatalogTest {
    private static final Path NAME = Path.of("forty", "two");
    private final Catalog catalog = new Catalog();

    private boolean store(long tick, @Nullable Object value) {
        return catalog.apply(CodeId.procedure(NAME), new Entry(NAME, Values.encode(value), tick, 0));
    }

    @Test
    void aProcedureIsFoundByItsName() {
        store(1, Map.of("code", "return 42", "is_async", true, "vars", List.of("x"), "default", Map.of("x", 1L)));
        assertThat(catalog.find(NAME))
                .isEqualTo(new CodeEntry.Found(
                        new Procedure(NAME, "return 42", Mode.ASYNC, List.of("x"), Map.of("x", 1L))));
    }

    @Test
    void whatIsNotStoredIsMissing() {
        assertThat(catalog.find(NAME)).isEqualTo(new CodeEntry.Missing(NAME));
    }

    @Test
    void aDeletedProcedureIsMissing() {
        store(1, Map.of("code", "return 42"));
        assertThat(catalog.apply(CodeId.procedure(NAME), new Entry(NAME, null, 2, 0)))
                .isTrue();
        assertThat(catalog.find(NAME)).isEqualTo(new CodeEntry.Missing(NAME));
        assertThat(catalog.apply(CodeId.procedure(NAME), new Entry(NAME, null, 3, 0)))
                .isFalse();
    }

    @Test
    void theFlagOfTheOriginalTellsHowAProcedureIsRun() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>(Map.of("code", "return 42"));
        assertThat(mode(map)).isEqualTo(Mode.SYNC);
        map.put("is_async", null);
        assertThat(mode(map)).isEqualTo(Mode.SYNC);
        map.put("is_async", false);
        assertThat(mode(map)).isEqualTo(Mode.THREAD);
        map.put("is_async", true);
        assertThat(mode(map)).isEqualTo(Mode.ASYNC);
    }

    private Mode mode(Map<String, @Nullable Object> map) {
        store(System.nanoTime(), map);
        return ((CodeEntry.Found) catalog.find(NAME)).procedure().mode();
    }

    @Test
    void whatIsStoredButNoProcedureIsBrokenAndTheReasonIsNamed() {
        store(1, "return 42");
        assertThat(catalog.find(NAME)).isEqualTo(new CodeEntry.Broken(NAME, "procedure: return 42 (expected: a map)"));
        store(2, Map.of("info", "x"));
        assertThat(catalog.find(NAME)).isEqualTo(new CodeEntry.Broken(NAME, "code: null (expected: text)"));
        store(3, Map.of("code", "x", "is_async", "yes"));
        assertThat(catalog.find(NAME))
                .isEqualTo(new CodeEntry.Broken(NAME, "is_async: yes (expected: true, false or nil)"));
        store(4, Map.of("code", "x", "vars", List.of(1L)));
        assertThat(catalog.find(NAME)).isEqualTo(new CodeEntry.Broken(NAME, "vars: 1 (expected: a list of texts)"));
        store(5, Map.of("code", "x", "default", Collections.singletonMap(null, 1L)));
        assertThat(catalog.find(NAME))
                .isEqualTo(new CodeEntry.Broken(NAME, "default: null (expected: names that are text)"));
    }

    @Test
    void aChangeThatIsKnownAlreadyIsNoNews() {
        assertThat(store(1, Map.of("code", "return 42"))).isTrue();
        assertThat(store(1, Map.of("code", "return 42"))).isFalse();
        assertThat(store(2, Map.of("code", "return 43"))).isTrue();
    }
}
