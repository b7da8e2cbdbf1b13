package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Value;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data that was written before states and errors had codes for their reasons: by commit d1d9aed, whose runner ran four
 * jobs. One of them had no procedure, one failed.
 */
class OldDataTest {
    @TempDir
    Path directory;

    private House house;

    @BeforeEach
    void start() throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        try (InputStream old = Objects.requireNonNull(OldDataTest.class.getResourceAsStream("data-of-2026-11-30.db"))) {
            Files.copy(old, data.resolve("store.db"));
        }
        house = new House(directory);
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
    }

    private StateEntry state(String job) throws InterruptedException {
        Entry entry = house.client.get(distkv.model.Path.parse(":.distkv.state.any.default." + job));
        Value value = Objects.requireNonNull(Objects.requireNonNull(entry).value());
        return StateEntry.read(value);
    }

    @Test
    void itIsReadAsItWas() throws InterruptedException {
        assertThat(house.distkv("data", "get", "room.kitchen")).isEqualTo("21.5\n");
        assertThat(house.distkv("data", "get", "people.joe")).isEqualTo("age: 42\nname: Joe\n");
        assertThat(house.client.get(distkv.model.Path.of("gone"))).isNull();
        assertThat(house.distkv("code", "list", "-f")).contains("demo.answer", "demo.fails");
        assertThat(house.distkv("code", "module", "list", "-f")).contains("house.units");
        assertThat(state("answer").runs().getFirst().outcome()).isEqualTo(Reason.of(Reason.Code.DONE));
        assertThat(state("fails").runs().getFirst().outcome().code()).isEqualTo(Reason.Code.FAILED);
        assertThat(state("lost").reason()).isEqualTo(new Reason(Reason.Code.NO_PROCEDURE, "no procedure not.there"));
        assertThat(house.distkv("error", "list")).contains("RuntimeError('no')", "There is no procedure not.there");
    }

    @Test
    void aJobThatWasRefusedRunsOnceItsProcedureIsThere() throws InterruptedException {
        house.set(":.distkv.code.proc.not.there", Map.of("code", "return 'found'"));
        house.runner("attic");
        assertThat(house.await(":.distkv.state.any.default.lost", state -> ((Map<?, ?>) state).get("result") != null))
                .extracting(state -> ((Map<?, ?>) state).get("result"))
                .isEqualTo("found");
    }
}
