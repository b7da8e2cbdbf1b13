package distkv.access;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.WriteId;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WriteConditions;
import distkv.schema.Prefixes;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.StateEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a runner has to write passes, and what a node that was stolen could try does not. */
class NodeWritesTest {
    private static final Seq SEQ = Seq.of(1);
    private static final long NEWEST = 10_000;
    private static final long SESSION = 7;
    private static final Path CLAIM = Path.parse(":.distkv.claim.any.default.heat");
    private static final Path STATE = Path.parse(":.distkv.state.any.default.heat");
    private static final Path ERROR = Path.of(".distkv", "error", "attic", 5L);
    private static final Path JOB = Path.parse(":.distkv.run.any.default.heat");
    private static final Path PRESENCE = Path.parse(":.distkv.presence.default.attic.any");
    private static final Path STANDBY = CLAIM.child(Guard.STANDBY);
    private static final ChainCondition ANY = ChainCondition.UNCHECKED;
    private static final ChainCondition NEW = ChainCondition.ABSENT;

    private final Map<Path, Entry> entries = new HashMap<>();
    private final NodeWrites judge = new NodeWrites(Prefixes.DEFAULT, entries::get, () -> NEWEST);
    private NodeWrites.Writer writer = new NodeWrites.Writer("attic", Set.of("default"), Set.of(), SESSION);

    private void there(Path path, long tick, Value value) {
        entries.put(path, new Entry(path, value, tick, 0));
    }

    private static ChainCondition at(long tick) {
        return new ChainCondition.Link("tree", tick);
    }

    private static Value claim(String node, long session) {
        return new ClaimEntry(node, 1, session).encode();
    }

    private static Value state(@Nullable String node, boolean offered) {
        return (node == null
                        ? StateEntry.NEW
                        : StateEntry.NEW.running(node, 5, 0).offering(offered))
                .encode();
    }

    private static Value error(Path about) {
        return Values.encode(Map.of("path", about, "subsystem", "run", "resolved", false));
    }

    private static CommitWrite write(Path path, @Nullable Value value, ChainCondition chain) {
        return new CommitWrite(path, value, chain, false);
    }

    private static CommitWrite claiming(Path path, ChainCondition chain) {
        return new CommitWrite(path, claim("attic", SESSION), chain, true);
    }

    private @Nullable String refusal(Request request, Path root) {
        NodeWrites.Refusal refusal = judge.refusal(writer, request, root);
        return refusal == null ? null : refusal.text();
    }

    private @Nullable String refusal(List<Guard> guards, CommitWrite... writes) {
        Request commit = new Request.CommitAll(SEQ, List.of(writes), guards);
        String refusal = refusal(commit, Path.ROOT);
        if (writes.length == 1) {
            CommitWrite write = writes[0];
            WriteConditions conditions = new WriteConditions(write.chain(), null, guards);
            Request alone = write.value() == null
                    ? new Request.DeleteValue(SEQ, write.path(), false, conditions, false)
                    : new Request.SetValue(
                            SEQ, write.path(), false, write.value(), conditions, false, false, write.session());
            assertThat(refusal(alone, Path.ROOT)).isEqualTo(refusal);
        }
        assertThat(judge.refusal(writer, new Request.Again(commit, List.of(new WriteId(1, 1)), 0), Path.ROOT))
                .as("it is judged if it is still to be made")
                .isNull();
        return refusal;
    }

    private void passes(CommitWrite... writes) {
        assertThat(refusal(List.of(), writes)).isNull();
    }

    private void passes(Guard guard, CommitWrite... writes) {
        assertThat(refusal(List.of(guard), writes)).isNull();
    }

    private void refuses(String reason, CommitWrite... writes) {
        assertThat(refusal(List.of(), writes)).contains(reason);
    }

    private void refuses(String reason, Guard guard, CommitWrite... writes) {
        assertThat(refusal(List.of(guard), writes)).contains(reason);
    }

    @Test
    void aRunFromItsClaimToItsEnd() {
        there(STATE, 100, state(null, false));
        passes(claiming(CLAIM, NEW), write(STATE, state("attic", false), at(100)));
        there(CLAIM, 200, claim("attic", SESSION));
        there(STATE, 201, state("attic", false));
        passes(new Guard(CLAIM, 200), write(STATE, state("attic", true), ANY));
        passes(write(STATE, state(null, false), ANY), write(CLAIM, null, at(200)));
        passes(write(STATE, null, ANY), write(CLAIM, null, at(200)));
        // The claim is gone, but nobody has had the job since.
        entries.remove(CLAIM);
        passes(write(STATE, state(null, false), at(201)));
        passes(new Guard(CLAIM, 200), write(STATE, state("attic", false), ANY));
    }

    @Test
    void aRunThatWasLostAndAJobThatIsDeleted() {
        there(STATE, 100, state("cellar", false));
        passes(write(STATE, state(null, false), at(100)), write(CLAIM, null, NEW));
        passes(claiming(CLAIM, NEW), write(STATE, state("attic", false), at(100)));
        passes(write(STATE, null, at(100)), write(CLAIM, null, NEW), write(JOB, null, NEW));
        there(CLAIM, 200, claim("attic", SESSION));
        passes(write(STATE, state(null, false), at(100)), write(CLAIM, null, at(200)));
    }

    @Test
    void aHandover() {
        there(CLAIM, 200, claim("cellar", 3));
        there(STATE, 201, state("cellar", true));
        passes(claiming(STANDBY, NEW));
        there(STANDBY, 300, claim("attic", SESSION));
        passes(claiming(CLAIM, at(200)), write(STATE, state("attic", false), at(201)), write(STANDBY, null, at(300)));
        passes(write(STANDBY, null, at(300)));
        // Gives up what it stood by for, and writes the state again as it is.
        passes(write(STATE, state("cellar", true), at(201)), write(STANDBY, null, at(300)));
        there(STATE, 202, state("cellar", false));
        refuses("node cellar holds it", claiming(CLAIM, at(200)), write(STATE, state("attic", false), at(202)));
        there(STATE, 203, state("cellar", true));
        there(STANDBY, 301, claim("loft", 9));
        refuses("node cellar holds it", claiming(CLAIM, at(200)), write(STATE, state("attic", false), at(203)));
        refuses("node loft holds it", write(STANDBY, null, at(301)));
    }

    @Test
    void aConditionThatDoesNotHoldIsTheStoresBusiness() {
        there(CLAIM, 200, claim("cellar", 3));
        there(STATE, 201, state("cellar", false));
        passes(claiming(CLAIM, NEW), write(STATE, state("attic", false), at(100)));
        passes(write(STATE, state(null, false), at(100)));
        passes(write(CLAIM, null, at(150)));
        passes(new Guard(CLAIM, 150), write(STATE, state("attic", false), ANY));
        passes(write(ERROR, error(JOB), at(50)));
    }

    @Test
    void whatAnotherNodeRunsIsItsOwn() {
        there(CLAIM, 200, claim("cellar", 3));
        there(STATE, 201, state("cellar", false));
        refuses("node cellar holds it", claiming(CLAIM, at(200)));
        refuses("node cellar holds it", write(CLAIM, null, at(200)));
        refuses("node cellar holds its claim", write(STATE, state(null, false), at(201)));
        refuses("node cellar holds its claim", write(STATE, null, at(201)));
        refuses("guarded by a claim of another", new Guard(CLAIM, 200), write(STATE, state(null, false), ANY));
        there(CLAIM, 202, Values.encode("who?"));
        refuses("somebody holds it", claiming(CLAIM, at(202)));
    }

    @Test
    void nothingIsWrittenWithoutACondition() {
        refuses("without a condition", claiming(CLAIM, ANY));
        refuses("without a condition", write(CLAIM, null, ANY));
        refuses("without a condition", write(STATE, state(null, false), ANY));
        refuses("without a condition", write(ERROR, error(JOB), ANY));
        WriteConditions prev = new WriteConditions(ANY, state(null, false), List.of());
        Request set = new Request.SetValue(SEQ, STATE, false, state(null, false), prev, true, false, false);
        assertThat(refusal(set, Path.ROOT)).contains("without a condition");
    }

    @Test
    void aTickThatDoesNotExistYetIsNotWaitedFor() {
        refuses("tick 10001 does not exist yet", claiming(CLAIM, at(NEWEST + 1)));
        refuses("tick 10001 does not exist yet", write(STATE, state(null, false), at(NEWEST + 1)));
        refuses(
                "guarded by a claim of another",
                new Guard(CLAIM, NEWEST + 1),
                write(STATE, state("attic", false), ANY));
    }

    @Test
    void itSpeaksInItsOwnNameOnly() {
        refuses("another name in it, 'cellar'", new CommitWrite(CLAIM, claim("cellar", SESSION), NEW, true));
        refuses("without this connection's session", new CommitWrite(CLAIM, claim("attic", 3), NEW, true));
        refuses("without this connection's session", new CommitWrite(CLAIM, claim("attic", SESSION), NEW, false));
        refuses("it says that node cellar runs it", write(STATE, state("cellar", false), NEW));
        refuses("it says that node attic runs it", write(STATE, state("attic", false), NEW));
        refuses("it says that node attic runs it", write(STATE, state("attic", false), NEW), write(CLAIM, null, NEW));
        Value me = Values.encode(Map.of("node", "attic", "kind", "any"));
        assertThat(refusal(List.of(), new CommitWrite(PRESENCE, me, ANY, true))).isNull();
        refuses("without a session", write(PRESENCE, me, ANY));
        for (Map<String, String> other : List.of(
                Map.of("node", "cellar", "kind", "any"),
                Map.of("node", "attic", "kind", "at"),
                Map.of("kind", "any"))) {
            refuses("another name", new CommitWrite(PRESENCE, Values.encode(other), ANY, true));
        }
        refuses("not a presence", new CommitWrite(PRESENCE.child("x"), me, ANY, true));
    }

    @Test
    void itSaysThatItHasWhatItWasInvitedWithAndClaimsNoJobsForOthers() {
        Value me = Values.encode(Map.of("node", "attic", "kind", "any", "labels", List.of("gpio", "zigbee")));
        CommitWrite present = new CommitWrite(PRESENCE, me, ANY, true);
        there(JOB, 100, Values.encode(Map.of("code", "x", "where", Map.of("has", List.of("zigbee", "gpio")))));
        // Where the invitation says nothing, the machine does.
        passes(present);
        passes(claiming(CLAIM, NEW));
        writer = new NodeWrites.Writer("attic", Set.of("default"), Set.of("gpio", "usb"), SESSION);
        refuses("labels zigbee (expected: those of the node's invitation, ", present);
        refuses("its job asks for zigbee (expected: one for what the node was invited with, ", claiming(CLAIM, NEW));
        refuses("its job asks for zigbee", claiming(STANDBY, NEW));
        passes(write(CLAIM, null, NEW));
        writer = new NodeWrites.Writer("attic", Set.of("default"), Set.of("gpio", "usb", "zigbee"), SESSION);
        passes(present);
        passes(claiming(CLAIM, NEW));
        there(JOB, 101, Values.encode(Map.of("code", "x", "where", "nonsense")));
        passes(claiming(CLAIM, NEW));
    }

    @Test
    void errorsAreAboutItsJobsAndStayWhatTheyAre() {
        passes(write(ERROR, error(JOB), NEW), write(ERROR.child("attic"), error(JOB), ANY));
        refuses("not what this node says", write(ERROR.child("attic"), error(JOB), ANY));
        refuses("not what this node says", write(ERROR, error(JOB), NEW), write(ERROR.child("x"), error(JOB), ANY));
        Path others = Path.of(".distkv", "error", "cellar", 6L);
        refuses("below another name", write(others, error(JOB), NEW));
        there(others, 100, error(JOB));
        passes(write(others, error(JOB), at(100)), write(others.child("attic"), error(JOB), ANY));
        refuses("about something else", write(others, error(CLAIM), at(100)));
        refuses("nodes delete no errors", write(others, null, at(100)));
        for (String job : List.of("any.other.heat", "at.cellar.default.heat", "all.other.heat", "x")) {
            Path about = Path.parse(":.distkv.run." + job);
            there(others, 100, error(about));
            refuses("not about a job", write(others, error(about), at(100)));
            refuses("not about a job", write(ERROR, error(about), NEW));
        }
        refuses("not about a job", write(ERROR, Values.encode(5L), NEW));
        refuses("not the record", write(ERROR.child("a").child("b"), error(JOB), NEW));
    }

    @Test
    void nothingElseIsANodesBusiness() {
        refuses("nodes write no jobs", write(JOB, Values.encode(Map.of()), NEW));
        refuses("nodes write no jobs", write(JOB, null, ANY));
        there(JOB, 100, Values.encode(Map.of("target", 5L)));
        refuses("nodes write no jobs", write(JOB, Values.encode(Map.of("target", 6L)), at(100)));
        for (Path path : List.of(
                Path.of("room"),
                Path.of(":distkv", ":log", "default"),
                Path.parse(":.distkv.code.proc.heat"),
                Path.parse(":.distkv.hass.x"))) {
            refuses("nodes write only", write(path, Values.encode(1L), NEW));
        }
        refuses("nodes write only", claiming(CLAIM, NEW), write(Path.of("room"), Values.encode(1L), NEW));
        Request tree = new Request.DeleteTree(SEQ, STATE, List.of(), false);
        assertThat(refusal(tree, Path.ROOT)).contains("a whole subtree");
        Request below = new Request.SetValue(
                SEQ,
                Path.of("any", "default", "heat"),
                false,
                state(null, false),
                WriteConditions.NONE,
                false,
                false,
                false);
        assertThat(refusal(below, Path.of(".distkv", "state"))).contains("without a condition");
    }
}
