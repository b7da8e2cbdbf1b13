package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.testing.PatchedClasses;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A check that is removed is noticed: for each of some holes that are made on purpose, something gets through. */
@Timeout(60)
class PlantedHolesTest {
    private static final List<String> PACKAGES = List.of("distkv.access.", "distkv.server.");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "a-commit-is-checked-by-its-first-write, commit",
        "only-the-first-part-of-a-watch-is-checked, watch",
        "previous-values-are-told-to-all, prev",
        "guards-are-not-checked, guard",
        "a-wildcard-reaches-the-system, get_value",
        "a-node-takes-claims-of-others, commit",
        "a-node-writes-the-states-of-others, set_value",
        "an-invitation-is-used-twice, node_join",
        "an-invitation-never-expires, node_join",
        "denials-are-not-recorded, audit",
        "streams-are-not-checked-again, watch",
        "sessions-of-nodes-are-everybodys, session"
    })
    void aHoleIsFound(String hole, String by) throws Exception {
        assertThat(found(PatchedClasses.load(PACKAGES, text(hole + ".patch")))).contains(by);
    }

    @Test
    void thereIsNoneWithoutOne() throws Exception {
        assertThat(found(PatchedClasses.unpatched(PACKAGES))).isNull();
    }

    private @Nullable String found(PatchedClasses server) throws ReflectiveOperationException {
        return server.call(HoleFinder.class.getName(), "find", Path.class, directory);
    }

    private static String text(String resource) throws Exception {
        try (InputStream in = PlantedHolesTest.class.getResourceAsStream("planted/" + resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
