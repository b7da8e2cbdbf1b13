package distkv.access;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.Prefixes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobIdentityTest {
    private static final Zones ZONES = new Zones(Prefixes.DEFAULT);
    private static final Principal ROOT = new Principal.Owner("user root");

    private final List<Entry> entries = new ArrayList<>();

    JobIdentityTest() {
        user("olga", false, new Grant("owner"));
        user("anna", false, new Grant("author"));
        user("bob", false, new Grant("author", Path.of(".distkv")), new Grant("editor", Path.of("room")));
        user("otto", false, new Grant("operator"));
        user("gone", true, new Grant("viewer"));
        Token token = Token.create("ci", List.of(new Grant("editor", Path.of("room"))), 100, "olga", new SecureRandom())
                .token();
        entries.add(new Entry(AccessTable.token(token.id()), token.encode(), 1, 0));
    }

    private void user(String name, boolean disabled, Grant... roles) {
        entries.add(
                new Entry(AccessTable.user(name), new User(name, List.of(roles), null, disabled).encode(null), 1, 0));
    }

    private AccessTable table() {
        return AccessTable.of(Prefixes.DEFAULT, entries, fault -> {
            throw new AssertionError(fault);
        });
    }

    private JobIdentity.Writer writer(Principal principal) {
        Rights rights = principal instanceof Principal.Owner
                ? Rights.ALL
                : JobIdentity.rights(
                        principal instanceof Principal.OfToken token ? "token " + token.name() : principal.label(),
                        table(),
                        1);
        return new JobIdentity.Writer(principal, rights, table(), ZONES, 1);
    }

    private static Principal user(String name) {
        return new Principal.OfUser(name);
    }

    private static Value job(String code, double target, @Nullable String as) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("code", code);
        fields.put("target", target);
        if (as != null) {
            fields.put("as", as);
        }
        return Values.encode(fields);
    }

    private static @Nullable Object as(JobIdentity.Verdict verdict) {
        assertThat(verdict.refusal()).isNull();
        return ((Map<?, ?>) java.util.Objects.requireNonNull(Values.decode(verdict.value()))).get("as");
    }

    private JobIdentity.Verdict judge(Principal principal, @Nullable Value there, Value written) {
        return JobIdentity.judge(writer(principal), there, written);
    }

    @Test
    void aJobActsAsWhoeverWritesIt() {
        Value job = job("heat", 1, null);
        assertThat(as(judge(user("anna"), null, job))).isEqualTo("anna");
        assertThat(as(judge(user("olga"), null, job))).isEqualTo("olga");
        assertThat(as(judge(new Principal.OfToken("7", "ci"), null, job))).isEqualTo("token ci");
        assertThat(as(judge(run("anna"), null, job))).isEqualTo("anna");
        assertThat(judge(ROOT, null, job).value()).isSameAs(job);
        assertThat(judge(run(null), null, job).value()).isSameAs(job);
        assertThat(as(judge(user("bob"), job("heat", 1, null), job("cool", 1, null))))
                .isEqualTo("bob");
    }

    private static Principal run(@Nullable String as) {
        return new Principal.OfRun(Path.of("any", "default", "a"), "attic", 5, as, false);
    }

    @Test
    void whoeverStartsOrStopsAJobDoesNotChangeThat() {
        for (Principal writer : List.of(user("otto"), user("bob"), user("anna"), ROOT)) {
            assertThat(as(judge(writer, job("heat", 1, "anna"), job("heat", 2, null))))
                    .isEqualTo("anna");
            assertThat(as(judge(writer, job("heat", 1, "anna"), job("heat", 2, "anna"))))
                    .isEqualTo("anna");
            assertThat(as(judge(writer, job("heat", 1, null), job("heat", 2, null))))
                    .isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "anna, bob, true", // within hers
        "anna, anna, true",
        "anna, olga, false",
        "anna, nobody, false", // somebody else may make one by that name, with more rights
        "anna, gone, false",
        "anna, token ci, true",
        "anna, token nobody, false",
        "bob, anna, false",
        "bob, token ci, true",
        "olga, anna, true",
        "olga, nobody, true",
        "otto, bob, false",
    })
    void anotherNameNeedsItsRights(String writer, String as, boolean may) {
        JobIdentity.Verdict verdict = judge(user(writer), null, job("heat", 1, as));
        if (may) {
            assertThat(as(verdict)).isEqualTo(as);
        } else {
            assertThat(verdict.refusal()).startsWith("as: " + as + " (expected: yourself");
        }
        // Neither does it help that somebody else has entered it before.
        assertThat(judge(user(writer), job("cool", 1, as), job("heat", 1, as)).refusal() == null)
                .isEqualTo(may);
    }

    @Test
    void toStartAJobIsNotToRenameIt() {
        assertThat(judge(user("bob"), job("heat", 1, "bob"), job("heat", 2, "anna"))
                        .refusal())
                .startsWith("as: anna");
        assertThat(judge(user("bob"), job("heat", 1, null), job("heat", 1, "olga"))
                        .refusal())
                .startsWith("as: olga");
    }

    @Test
    void whoeverMayChangeUsersMayNameThem() {
        Rights admin = Rights.of(List.of(Rule.of(PathPattern.below(AccessTable.TOP), Right.ADMIN)));
        JobIdentity.Writer writer = new JobIdentity.Writer(user("bob"), admin, table(), ZONES, 1);
        assertThat(as(JobIdentity.judge(writer, null, job("heat", 1, "olga")))).isEqualTo("olga");
    }

    @Test
    void aNameThatIsNoTextIsRefused() {
        Value written = Values.encode(Map.of("code", "heat", "as", 5L));
        assertThat(judge(ROOT, null, written).refusal()).startsWith("as: 5 (expected: the name of a user");
        assertThat(judge(user("anna"), null, Values.encode("no map")).refusal()).isNull();
    }

    @Test
    void nobodyActsWithTheRightsOfWhoIsNotThere() {
        assertThat(JobIdentity.rights(null, table(), 1).isAll()).isTrue();
        assertThat(JobIdentity.rights("olga", table(), 1).isAll()).isTrue();
        for (String nobody : List.of("nobody", "gone", "token nobody", "")) {
            assertThat(JobIdentity.rights(nobody, table(), 1)).isSameAs(Rights.NONE);
        }
        assertThat(JobIdentity.rights("token ci", table(), 1).rules()).isNotEmpty();
        assertThat(JobIdentity.rights("token ci", table(), 100)).isSameAs(Rights.NONE);
        entries.add(entries.getLast());
        Token twin = Token.create("ci", List.of(new Grant("owner")), 0, "bob", new SecureRandom())
                .token();
        entries.add(new Entry(AccessTable.token(twin.id()), twin.encode(), 2, 0));
        assertThat(JobIdentity.rights("token ci", table(), 1)).isSameAs(Rights.NONE);
    }

    @Test
    void aRunOnANodeThatHasJoinedMayOnlyReadAndWrite() {
        Rights rights = Rights.ALL.readAndWrite(ZONES);
        assertThat(rights.isAll()).isFalse();
        for (Right right : Right.values()) {
            boolean kept = right == Right.READ || right == Right.WRITE;
            assertThat(rights.allow(right, Path.of("room"), Zones.Zone.DATA)).isEqualTo(kept);
        }
        assertThat(rights.allow(Right.READ, Path.of(".distkv", "code", "proc", "a"), Zones.Zone.CODE))
                .isTrue();
        assertThat(rights.allow(Right.READ, AccessTable.user("olga"), Zones.Zone.INTERNAL))
                .isFalse();
        Rights author = JobIdentity.rights("anna", table(), 1).readAndWrite(ZONES);
        assertThat(author.rules())
                .isNotEmpty()
                .allSatisfy(rule -> assertThat(rule.rights()).isSubsetOf(Right.READ, Right.WRITE));
    }
}
