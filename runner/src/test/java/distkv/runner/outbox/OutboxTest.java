package distkv.runner.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.outbox.CommitRequest.Purpose;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.outbox.Outbox.SharedNotes;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Outbox outbox = new Outbox(() -> 2);

    private static CommitRequest request(String job, Purpose purpose) {
        return request(job, purpose, Expectation.anything());
    }

    private static CommitRequest request(String job, Purpose purpose, Expectation expected) {
        Write write = Write.set(Path.of("state", job), Values.encode(job), expected);
        Guard guard = new Guard(Path.of("run", job), 1);
        return new CommitRequest(
                new JobId(Kind.ANY, Path.of(job)), purpose, 1, List.of(write), List.of(guard), List.of(), null);
    }

    @Test
    void theCommitsOfOneJobAreSentOneAfterAnotherThoseOfOthersMeanwhile() {
        CommitRequest first = request("a", Purpose.TELL);
        CommitRequest second = request("a", Purpose.RECORD);
        CommitRequest other = request("b", Purpose.CLAIM);
        List.of(first, second, other).forEach(outbox::add);
        assertThat(outbox.takeReady()).containsExactly(first, other);
        assertThat(outbox.takeReady()).isEmpty();
        outbox.answered(other);
        assertThat(outbox.takeReady()).isEmpty();
        outbox.answered(first);
        assertThat(outbox.takeReady()).containsExactly(second);
    }

    @Test
    void aFullOutboxDropsWhatRunsTellButNotHowTheyEnded() {
        CommitRequest told = request("a", Purpose.TELL);
        assertThat(outbox.add(told)).isTrue();
        assertThat(outbox.add(request("b", Purpose.TELL))).isTrue();
        assertThat(outbox.add(request("c", Purpose.TELL))).isFalse();
        assertThat(outbox.add(request("c", Purpose.RECORD))).isTrue();
        outbox.answered(told);
        assertThat(outbox.add(request("d", Purpose.TELL))).isTrue();
    }

    @Test
    void notesShareCommitsOfABoundedSize() {
        for (int i = 0; i < 150; i++) {
            outbox.add(request("job" + i, Purpose.NOTE));
        }
        assertThat(outbox.takeReady()).isEmpty();
        assertThat(outbox.takeNotes()).extracting(notes -> notes.open().size()).containsExactly(64, 64, 22);
        assertThat(outbox.takeNotes()).isEmpty();
    }

    @Test
    void aNoteThatConflictsDoesNotHoldUpTheOthers() throws InterruptedException {
        Tree tree = new Tree();
        CommitRequest late = request("late", Purpose.NOTE, Expectation.at(7));
        CommitRequest one = request("one", Purpose.NOTE);
        CommitRequest two = request("two", Purpose.NOTE);
        Map<CommitRequest, Result> results = new LinkedHashMap<>();
        SharedNotes shared = new SharedNotes(List.of(one, late, two));
        shared.attempt(tree, results::put);
        assertThat(shared.open()).isEmpty();
        assertThat(results)
                .isEqualTo(Map.of(
                        late,
                        new Result.Conflict(),
                        one,
                        new Result.Done(List.of(100L)),
                        two,
                        new Result.Done(List.of(101L))));
        assertThat(tree.commits).extracting(List::size).containsExactly(3, 2);
    }

    @Test
    void notesWithAConflictThatCannotBeToldApartAreLeftToCommitsOfTheirOwn() throws InterruptedException {
        Tree tree = new Tree();
        tree.saysWhere = false;
        List<CommitRequest> notes =
                List.of(request("one", Purpose.NOTE), request("late", Purpose.NOTE, Expectation.at(7)));
        SharedNotes shared = new SharedNotes(notes);
        shared.attempt(tree, (note, result) -> assertThat(note).isNull());
        assertThat(shared.open()).isEqualTo(notes);
    }

    @Test
    void afterALostReplyWhatIsThereDecides() throws InterruptedException {
        Tree tree = new Tree();
        CommitRequest claim = request("a", Purpose.CLAIM, Expectation.absent());
        CommitDraft.Author author = new CommitDraft.Author("here", Path.of("error"), 1_000);
        CommitDraft draft = new CommitDraft(tree, author, claim);
        assertThat(draft.attempt()).isEqualTo(new Result.Done(List.of(100L)));
        draft.lost();
        assertThat(draft.attempt()).as("it was made").isEqualTo(new Result.Done(List.of(100L)));

        tree.entries.replaceAll((path, entry) -> new Entry(path, Values.encode("other"), 200, 0));
        draft.lost();
        assertThat(draft.attempt()).as("somebody else has it").isEqualTo(new Result.Conflict());
    }

    @Test
    void aNoteThatRewritesAnEqualStateCountsAsMadeOnlyIfAllOfItIs() throws InterruptedException {
        Tree tree = new Tree();
        Path state = Path.of("state", "a");
        Path claim = Path.of("claim", "a");
        tree.entries.put(state, new Entry(state, Values.encode("idle"), 10, 0));
        tree.entries.put(claim, new Entry(claim, Values.encode("mine"), 11, 0));
        CommitRequest note = new CommitRequest(
                new JobId(Kind.ANY, Path.of("a")),
                Purpose.NOTE,
                1,
                List.of(
                        Write.set(state, Values.encode("idle"), Expectation.at(10)),
                        Write.delete(claim, Expectation.at(11))),
                List.of(),
                List.of(),
                null);
        CommitDraft draft = new CommitDraft(tree, new CommitDraft.Author("here", Path.of("error"), 1_000), note);
        draft.lost();
        assertThat(draft.attempt()).as("it was not made yet").isEqualTo(new Result.Done(List.of(100L, 101L)));
        assertThat(tree.commits).hasSize(1);
        assertThat(tree.get(claim)).isNull();

        draft.lost();
        assertThat(draft.attempt()).as("it was made").isEqualTo(new Result.Done(List.of(100L, 101L)));
        assertThat(tree.commits).hasSize(1);

        tree.entries.put(claim, new Entry(claim, Values.encode("another's"), 200, 0));
        draft.lost();
        assertThat(draft.attempt()).as("nobody can tell any more").isEqualTo(new Result.Conflict());
    }

    private static final class Tree implements CommitDraft.Target {
        final Map<Path, Entry> entries = new HashMap<>();
        final List<List<Write>> commits = new ArrayList<>();
        boolean saysWhere = true;

        @Override
        public List<Long> commit(Commit commit) throws Refusal {
            commits.add(commit.writes());
            for (Write write : commit.writes()) {
                if (!write.expectation().holds(entries.get(write.path()))) {
                    throw new Refusal(saysWhere ? write.path() : null);
                }
            }
            List<Long> ticks = new ArrayList<>();
            for (Write write : commit.writes()) {
                long tick = 100L + ticks.size();
                if (write.value() == null) {
                    entries.remove(write.path());
                } else {
                    entries.put(write.path(), new Entry(write.path(), write.value(), tick, 0));
                }
                ticks.add(tick);
            }
            return ticks;
        }

        @Override
        public @Nullable Entry get(Path path) {
            return entries.get(path);
        }

        @Override
        public long newRecord() {
            return 1;
        }
    }
}
