package distkv.server;

import static distkv.server.WireClient.map;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.PasswordHash;
import distkv.access.User;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a job acts as, whoever writes its entry and however. */
@Timeout(60)
class JobOwnersTest {
    private static final Path JOB = Path.of(".distkv", "run", "any", "default", "heat");
    private static final String HASH = PasswordHash.of(PasswordHash.digest("secret"));

    private final MemoryStore store = new MemoryStore("tree");
    private ServerFixture fixture;
    private WireClient anna;

    @BeforeEach
    void start() throws IOException {
        user("anna", new Grant("author"));
        user("carl", new Grant("author"));
        // May write jobs and code, but no data.
        user("dora", new Grant("author", Path.of(".distkv")));
        user("otto", new Grant("operator"));
        user("olga", new Grant("owner"));
        fixture = new ServerFixture(ServerFixture.OPTIONS.open(false), store);
        anna = as("anna");
        assertThat(set(anna, map("code", Path.of("heat"), "target", 1, "data", map("room", "hall")), null))
                .doesNotContainKey("error");
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void user(String name, Grant role) {
        store.commit(Commit.of(Write.set(
                        AccessTable.user(name),
                        new User(name, List.of(role), HASH, false).encode(null),
                        Expectation.anything())))
                .join();
    }

    private WireClient as(String user) throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.readStream(wire.ask("auth", "typ", "password", "ident", user, "password", "secret")))
                .noneMatch(message -> message.containsKey("error"));
        return wire;
    }

    /** The entry, its fields in their order. */
    private Map<Object, @Nullable Object> job() throws IOException {
        return new LinkedHashMap<>((Map<?, ?>) WireClient.get(get(), "value"));
    }

    private Map<String, Object> get() throws IOException {
        return anna.call("get_value", "path", JOB.elements(), "nchain", 3);
    }

    /** The entry with other fields; {@code null} removes one. */
    private Map<Object, @Nullable Object> job(@Nullable Object... changes) throws IOException {
        Map<Object, @Nullable Object> job = job();
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1] == null) {
                job.remove(changes[i]);
            } else {
                job.put(Objects.requireNonNull(changes[i]), changes[i + 1]);
            }
        }
        return job;
    }

    private static Map<String, Object> set(WireClient wire, Map<?, ?> job, @Nullable Object chain) throws IOException {
        return chain == null
                ? wire.call("set_value", "path", JOB.elements(), "value", job)
                : wire.call("set_value", "path", JOB.elements(), "value", job, "chain", chain, "nchain", 3);
    }

    private static Map<String, Object> commit(WireClient wire, Map<?, ?> job, Object chain) throws IOException {
        return wire.call("commit", "writes", List.of(map("path", JOB.elements(), "value", job, "chain", chain)));
    }

    private Object chain() throws IOException {
        return WireClient.get(get(), "chain");
    }

    private void actsAs(String user) throws IOException {
        assertThat(job()).containsEntry("as", user);
    }

    private static void assertDenied(Map<String, Object> reply, String words) {
        assertThat(reply).containsEntry("etype", "access");
        assertThat(String.valueOf(reply.get("error"))).contains(words);
    }

    @Test
    void anOperatorStartsAndStopsAJobAndItStaysWhoseItWas() throws IOException {
        WireClient otto = as("otto");
        // With the field, as whoever has read the entry sends it, and without, as a client that does not know it.
        assertThat(set(otto, job("target", 5), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(set(otto, job("target", 6, "as", null), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(commit(otto, job("target", null), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(commit(otto, job("target", 7, "as", null), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(job()).containsEntry("target", 7L);
        // Nothing else, and not blindly.
        assertDenied(set(otto, job("target", 8), null), "otto may not code :.distkv.run.any.default.heat");
        assertDenied(set(otto, job("data", map("room", "bath")), chain()), "otto may not code");
        assertDenied(set(otto, job("target", 8, "as", "otto"), chain()), "otto may not code");
        assertDenied(commit(otto, job("target", 8, "as", "olga"), chain()), "otto may not code");
        actsAs("anna");
        assertThat(job()).containsEntry("target", 7L);
    }

    @Test
    void theOriginalRewritesAJobAsItHasReadIt() throws IOException {
        // It reads the entry, changes a field, and writes all of it, on the condition that nobody else has meanwhile.
        assertThat(set(anna, job("data", map("room", "bath")), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(set(as("carl"), job("data", map("room", "attic")), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(set(as("olga"), job("data", map("room", "loft")), chain())).doesNotContainKey("error");
        actsAs("anna");
        assertThat(job()).containsEntry("data", map("room", "loft"));
    }

    @Test
    void anotherNameNeedsAllRightsOfThatOne() throws IOException {
        WireClient dora = as("dora");
        String refusal = "as: anna (expected: yourself, or a user or token whose rights you have, too)";
        assertDenied(set(dora, job("data", map("room", "bath")), chain()), refusal);
        assertDenied(commit(dora, job("data", map("room", "bath")), chain()), refusal);
        assertDenied(set(anna, job("as", "olga"), chain()), "as: olga (expected: yourself");
        assertDenied(set(anna, job("as", "nobody"), chain()), "as: nobody (expected: yourself");
        actsAs("anna");
        assertThat(job()).containsEntry("data", map("room", "hall"));
        // Somebody who has all rights of the other; and one's own name can always be entered.
        assertThat(set(anna, job("as", "dora"), chain())).doesNotContainKey("error");
        actsAs("dora");
        assertThat(set(as("olga"), job("as", "otto"), chain())).doesNotContainKey("error");
        actsAs("otto");
        assertThat(set(dora, job("as", null, "data", map("room", "bath")), chain()))
                .doesNotContainKey("error");
        actsAs("dora");
    }
}
