package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.Token;
import distkv.access.User;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.protocol.token.RunToken;
import distkv.protocol.token.SessionKey;
import distkv.store.ForwardingStore;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs may do that log in with their tokens, and until when. */
@Timeout(60)
class RunTokenTest {
    private static final Path JOB = Path.of(".distkv", "run", "any", "default", "heat");
    private static final Path CLAIM = Path.of(".distkv", "claim", "any", "default", "heat");
    private static final Path STANDBY = CLAIM.child(".standby");
    private static final Path OTHER_JOB = Path.of(".distkv", "run", "any", "default", "cool");
    private static final Path OTHER_CLAIM = Path.of(".distkv", "claim", "any", "default", "cool");
    private static final Path TEMP = Path.of("room", "temp");
    private static final Path HALL = Path.of("hall", "temp");

    private final MemoryStore store = new MemoryStore("tree");
    private String owner = "";
    private ServerFixture fixture;
    private Holder holder;

    @BeforeEach
    void start() throws IOException {
        Token.Created created = Token.create("root", List.of(new Grant("owner")), 0, "", new SecureRandom());
        write(AccessTable.token(created.token().id()), created.token().encode());
        owner = created.secret();
        user("anna", new Grant("editor", Path.of("room")));
        user("bob", new Grant("viewer"));
        job(JOB, "anna");
        job(OTHER_JOB, "anna");
        write(TEMP, Values.encode(21L));
        write(HALL, Values.encode(19L));
        fixture = serve(false);
        holder = new Holder();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private ServerFixture serve(boolean open) throws IOException {
        // The store outlives a server that is restarted.
        return new ServerFixture(ServerFixture.OPTIONS.open(open), new ForwardingStore(store) {
            @Override
            public void close() {}
        });
    }

    private void user(String name, Grant... roles) {
        write(AccessTable.user(name), new User(name, List.of(roles), null, false).encode(null));
    }

    private void job(Path path, @Nullable String as) {
        Map<String, Object> entry = map("code", Path.of("heat"), "target", 1);
        if (as != null) {
            entry.put("as", as);
        }
        write(path, Values.encode(entry));
    }

    private void write(Path path, Value value) {
        store.commit(Commit.of(Write.set(path, value, Expectation.anything()))).join();
    }

    /** A runner: the holder of a session, to which it binds claims. */
    private final class Holder {
        final WireClient wire = fixture.wire();
        final String secret;

        Holder() throws IOException {
            assertThat(logIn(wire, "token", owner)).isNull();
            secret = (String) WireClient.get(wire.call("session", "ttl", 60), "secret");
        }

        long claim(Path claim) throws IOException {
            Map<String, Object> write =
                    map("path", claim.elements(), "value", map("node", "attic"), "session", true, "chain", null);
            Map<String, Object> done = wire.call("commit", "writes", List.of(write));
            return (Long) ((List<?>) WireClient.get(done, "ticks")).getFirst();
        }

        void giveUp(Path claim) throws IOException {
            assertThat(wire.call("delete_value", "path", claim.elements())).containsEntry("changed", true);
        }

        /** One commit: the run on standby has the claim. */
        long takeOver(long standby, Object mainChain) throws IOException {
            Map<String, Object> gone = map("path", STANDBY.elements(), "chain", ServerFixture.chain(standby));
            Map<String, Object> taken =
                    map("path", CLAIM.elements(), "value", map("node", "attic"), "session", true, "chain", mainChain);
            Map<String, Object> done = wire.call("commit", "writes", List.of(taken, gone));
            return (Long) ((List<?>) WireClient.get(done, "ticks")).getFirst();
        }

        String token(Path claim, long tick, @Nullable String as) {
            return RunToken.of(SessionKey.of(secret), claim, tick, as).text();
        }
    }

    private static @Nullable String logIn(WireClient wire, String method, String token) throws IOException {
        return wire.readStream(wire.ask("auth", "typ", method, "token", token)).stream()
                .filter(message -> message.containsKey("error"))
                .map(message -> String.valueOf(message.get("error")))
                .findFirst()
                .orElse(null);
    }

    private WireClient run(String token) throws IOException {
        WireClient wire = fixture.wire();
        assertThat(logIn(wire, "run", token)).isNull();
        return wire;
    }

    private static List<Object> guard(Path claim, long tick) {
        return List.of(List.of(claim.elements(), tick));
    }

    private static Map<String, Object> get(WireClient wire, Path path) throws IOException {
        return wire.call("get_value", "path", path.elements());
    }

    private static Map<String, Object> set(WireClient wire, Path path, List<Object> guard) throws IOException {
        return wire.call("set_value", "path", path.elements(), "value", 22, "guard", guard);
    }

    private static void assertRefused(Map<String, Object> reply, String etype, String words) {
        assertThat(reply).containsEntry("etype", etype);
        assertThat(String.valueOf(reply.get("error"))).contains(words);
    }

    @Test
    void aRunMayDoWhatItsJobMayAndNoMore() throws IOException {
        long tick = holder.claim(CLAIM);
        WireClient run = run(holder.token(CLAIM, tick, "anna"));
        assertThat(get(run, TEMP)).containsEntry("value", 21L);
        assertThat(set(run, TEMP, guard(CLAIM, tick))).containsEntry("changed", true);
        assertRefused(
                get(run, HALL),
                "access",
                "access: run any.default.heat@attic#" + tick + ", acting as anna, may not read hall.temp");
        assertRefused(set(run, HALL, guard(CLAIM, tick)), "access", "may not write hall.temp");
        assertRefused(set(run, JOB, guard(CLAIM, tick)), "access", "may not code :.distkv.run.any.default.heat");
        assertThat(get(holder.wire, HALL)).containsEntry("value", 19L);
    }

    @Test
    void everyWriteOfARunNeedsItsClaimAsAGuard() throws IOException {
        long tick = holder.claim(CLAIM);
        long other = holder.claim(OTHER_CLAIM);
        WireClient run = run(holder.token(CLAIM, tick, "anna"));
        List<Object> wire = TEMP.elements();
        List<Map<String, Object>> replies = List.of(
                run.call("set_value", "path", wire, "value", 22),
                run.call("delete_value", "path", wire),
                run.call("delete_tree", "path", wire),
                run.call("commit", "writes", List.of(map("path", wire, "value", 22))),
                run.call("set_value", "path", wire, "value", 22, "again", List.of(List.of(1, 1)), "since", 0),
                set(run, TEMP, guard(OTHER_CLAIM, other)));
        for (Map<String, Object> reply : replies) {
            assertRefused(reply, "access", "may not write without its claim");
        }
        assertThat(get(run, TEMP)).containsEntry("value", 21L);
    }

    @Test
    void whatAUserLosesItsRunningJobsLose() throws IOException {
        long tick = holder.claim(CLAIM);
        WireClient run = run(holder.token(CLAIM, tick, "anna"));
        assertThat(get(run, TEMP)).containsEntry("value", 21L);
        Object disabled = Values.decode(new User("anna", List.of(new Grant("editor")), null, true).encode(null));
        assertThat(holder.wire.call("set_internal", "path", path("access", "user", "anna"), "value", disabled))
                .containsKey("changed");
        assertRefused(get(run, TEMP), "access", "acting as anna, may not read room.temp");
    }

    @Test
    void aTokenDiesWithItsRun() throws IOException {
        long tick = holder.claim(CLAIM);
        String token = holder.token(CLAIM, tick, "anna");
        WireClient run = run(token);
        long watch = run.ask("watch", "path", TEMP.elements(), "fetch", false);
        assertThat(run.read()).containsEntry("state", "start");
        holder.giveUp(CLAIM);
        assertRefused(get(run, TEMP), "guard", "run any.default.heat@attic#" + tick + ": over");
        assertRefused(set(run, TEMP, guard(CLAIM, tick)), "guard", "nothing is there");
        assertThat(holder.wire.call("set_value", "path", TEMP.elements(), "value", 30))
                .containsEntry("changed", true);
        assertThat(run.readStream(watch)).noneMatch(message -> Long.valueOf(30).equals(message.get("value")));
        assertThat(logIn(fixture.wire(), "run", token)).contains("it is over");
        // The next run of the job has another token.
        long next = holder.claim(CLAIM);
        assertThat(logIn(fixture.wire(), "run", token)).contains("it is over");
        assertThat(get(run(holder.token(CLAIM, next, "anna")), TEMP)).containsEntry("value", 30L);
        assertRefused(get(run, TEMP), "guard", "over");
    }

    @Test
    void aTokenDiesWithItsSession() throws IOException {
        long tick = holder.claim(CLAIM);
        WireClient run = run(holder.token(CLAIM, tick, "anna"));
        assertThat(holder.wire.call("session_end")).doesNotContainKey("error");
        assertRefused(get(run, TEMP), "guard", "over");
    }

    @Test
    void nobodyButTheHolderOfTheClaimCanMakeItsToken() throws IOException {
        long tick = holder.claim(CLAIM);
        Holder thief = new Holder();
        long own = thief.claim(OTHER_CLAIM);
        String good = holder.token(CLAIM, tick, "anna");
        RunToken parsed = Objects.requireNonNull(RunToken.parse(good));
        String moved = new RunToken(OTHER_CLAIM, own, "anna", parsed.signature()).text();
        String promoted = new RunToken(CLAIM, tick, null, parsed.signature()).text();
        for (String forged : List.of(
                thief.token(CLAIM, tick, "anna"),
                holder.token(OTHER_CLAIM, own, "anna"),
                holder.token(CLAIM, tick + 1, "anna"),
                holder.token(TEMP, 1, "anna"),
                moved,
                promoted,
                good.substring(0, good.length() - 1),
                "dkr_",
                "dkr_%",
                "dkr_AAAA",
                "x")) {
            assertThat(logIn(fixture.wire(), "run", forged))
                    .as(forged)
                    .contains("it is over, or this is no run's token");
        }
        assertThat(logIn(fixture.wire(), "run", good)).isNull();
        assertThat(logIn(fixture.wire(), "token", good)).contains("token: unknown or revoked");
    }

    @Test
    void aRunDoesNotBecomeWhoeverItsJobActsAsLater() throws IOException {
        long tick = holder.claim(CLAIM);
        WireClient run = run(holder.token(CLAIM, tick, "anna"));
        Map<String, Object> entry = map("code", "heat", "target", 1, "as", "bob");
        assertThat(holder.wire.call("set_value", "path", JOB.elements(), "value", entry))
                .containsEntry("changed", true);
        assertRefused(get(run, HALL), "access", "acting as anna, may not read hall.temp");
        assertThat(logIn(fixture.wire(), "run", holder.token(CLAIM, tick, "anna")))
                .contains("the job acts as bob now (expected: anna)");
        assertThat(holder.wire.call("delete_value", "path", JOB.elements())).containsEntry("changed", true);
        assertThat(logIn(fixture.wire(), "run", holder.token(CLAIM, tick, "anna")))
                .contains("the job any.default.heat is gone");
    }

    @Test
    void aJobWithoutANameActsAsTheOwner() throws IOException {
        job(JOB, null);
        fixture.close();
        fixture = serve(false);
        holder = new Holder();
        long tick = holder.claim(CLAIM);
        WireClient run = run(holder.token(CLAIM, tick, null));
        assertThat(get(run, HALL)).containsEntry("value", 19L);
        assertRefused(run.call("set_value", "path", HALL.elements(), "value", 1), "access", "without its claim");
    }

    @Test
    void runsThatShareAConnectionActAsTheSame() throws IOException {
        long heat = holder.claim(CLAIM);
        long cool = holder.claim(OTHER_CLAIM);
        WireClient worker = run(holder.token(CLAIM, heat, "anna"));
        assertThat(logIn(worker, "run", holder.token(OTHER_CLAIM, cool, "anna")))
                .isNull();
        assertThat(set(worker, TEMP, guard(CLAIM, heat))).containsEntry("changed", true);
        assertThat(set(worker, TEMP, guard(OTHER_CLAIM, cool))).containsEntry("changed", false);
        holder.giveUp(CLAIM);
        assertThat(get(worker, TEMP)).containsEntry("value", 22L);
        assertRefused(set(worker, TEMP, guard(CLAIM, heat)), "guard", "guard at :.distkv.claim.any.default.heat");
        Map<String, Object> entry = map("code", "heat", "target", 1, "as", "bob");
        assertThat(holder.wire.call("set_value", "path", JOB.elements(), "value", entry))
                .containsEntry("changed", true);
        long third = holder.claim(CLAIM);
        assertThat(logIn(worker, "run", holder.token(CLAIM, third, "bob"))).contains("cannot share a connection");
        assertRefused(get(worker, HALL), "access", "acting as anna, may not read");
        holder.giveUp(OTHER_CLAIM);
        assertThat(logIn(worker, "run", holder.token(CLAIM, third, "bob"))).isNull();
        assertThat(get(worker, HALL)).containsEntry("value", 19L);
    }

    @Test
    void whoeverPresentsARunsTokenIsNobodyElse() throws IOException {
        long tick = holder.claim(CLAIM);
        String token = holder.token(CLAIM, tick, "anna");
        fixture.close();
        fixture = serve(true);
        WireClient everybody = fixture.wire();
        assertThat(get(everybody, HALL)).containsEntry("value", 19L);
        assertThat(logIn(everybody, "run", token)).isNull();
        assertRefused(get(everybody, HALL), "access", "acting as anna, may not read hall.temp");
        WireClient refused = fixture.wire();
        assertThat(logIn(refused, "run", token + "A")).contains("no run's token");
        assertRefused(get(refused, HALL), "access", "not logged in");
        assertThat(refused.readOrEnd()).isNull();
    }

    @Test
    void onANodeThatHasJoinedARunMayOnlyReadAndWrite() throws IOException {
        job(JOB, null);
        fixture.close();
        fixture = serve(false);
        holder = new Holder();
        long tick = holder.claim(CLAIM);
        // What the server keeps of a session that a node has opened with its certificate.
        for (Entry entry : store.load().entries()) {
            if (entry.path().startsWith(Path.of(Nil.NIL, ".distkv", "session"))) {
                Map<Object, Object> fields = new LinkedHashMap<>(
                        (Map<?, ?>) Objects.requireNonNull(Values.decode(Objects.requireNonNull(entry.value()))));
                fields.put("node", "attic");
                store.commit(Commit.of(Write.set(entry.path(), Values.encode(fields), Expectation.anything())
                                .under(entry.lease())))
                        .join();
            }
        }
        // The server answers a write after it has seen all that was written before.
        assertThat(set(holder.wire, TEMP, guard(CLAIM, tick))).containsEntry("changed", true);
        WireClient run = run(holder.token(CLAIM, tick, null));
        assertThat(set(run, HALL, guard(CLAIM, tick))).containsEntry("changed", true);
        assertThat(get(run, JOB)).containsKey("value");
        assertRefused(set(run, JOB, guard(CLAIM, tick)), "access", "may not code");
        assertRefused(set(run, OTHER_CLAIM, guard(CLAIM, tick)), "access", "may not run");
        assertRefused(run.call("get_internal", "path", path("access", "user", "anna")), "access", "may not admin");
    }

    @Test
    void aTokenSurvivesARestartOfTheServer() throws IOException {
        long tick = holder.claim(CLAIM);
        String token = holder.token(CLAIM, tick, "anna");
        fixture.close();
        fixture = serve(false);
        assertThat(set(run(token), TEMP, guard(CLAIM, tick))).containsEntry("changed", true);
    }

    @Test
    void aRunOnStandbyReadsAndGoesOnWhenItTakesOver() throws IOException {
        long main = new Holder().claim(CLAIM);
        long standby = holder.claim(STANDBY);
        String first = holder.token(STANDBY, standby, "anna");
        WireClient run = run(first);
        assertThat(get(run, TEMP)).containsEntry("value", 21L);
        assertRefused(set(run, TEMP, guard(STANDBY, standby)), "not_yet", "a claim on standby");
        assertRefused(set(run, TEMP, guard(CLAIM, main)), "access", "without its claim");
        long taken = holder.takeOver(standby, ServerFixture.chain(main));
        // The worker has not heard of it yet.
        assertThat(get(run, TEMP)).containsEntry("value", 21L);
        assertRefused(set(run, TEMP, guard(STANDBY, standby)), "guard", "over");
        assertThat(get(run(first), TEMP)).containsEntry("value", 21L);
        assertThat(logIn(run, "run", holder.token(CLAIM, taken, "anna"))).isNull();
        assertThat(set(run, TEMP, guard(CLAIM, taken))).containsEntry("changed", true);
        holder.giveUp(CLAIM);
        assertRefused(get(run, TEMP), "guard", "over");
        new Holder().claim(CLAIM);
        assertThat(logIn(fixture.wire(), "run", first)).contains("it is over");
    }
}
