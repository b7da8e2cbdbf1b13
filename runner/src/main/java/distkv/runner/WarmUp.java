package distkv.runner;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.accept.CodeGate;
import distkv.runner.lifecycle.Effect;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.lifecycle.Lifecycle;
import distkv.runner.lifecycle.Lifecycle.Places;
import distkv.runner.outbox.CommitDraft;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.Outbox;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Place;
import distkv.runner.worker.RunEvent;
import distkv.schema.Prefixes;
import distkv.schema.code.CodeEdit;
import distkv.schema.code.Mode;
import distkv.schema.group.Member;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobEdit;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes a few jobs through their lives, in a tree that exists only here: so what deciding needs is loaded and linked when a
 * runner starts, and not when many jobs are due at once.
 */
final class WarmUp {
    private static final RunnerOptions OPTIONS = RunnerOptions.of("warm-up", Set.of(Kind.ANY));
    private static final Path NAME = Path.of("warm-up");
    private static final long OWN = 3;
    private static final long SESSION = 1;

    private final Path jobs = Kind.ANY.entries(Prefixes.DEFAULT.runs(), OPTIONS.group(), "");
    private final Path states = Kind.ANY.states(Prefixes.DEFAULT.states(), OPTIONS.group(), "");
    private final Path claims = Kind.ANY.states(Prefixes.DEFAULT.claims(), OPTIONS.group(), "");
    private final List<Feed> feeds = Feed.of(OPTIONS);
    private final ChangeRouter changes = new ChangeRouter(OPTIONS, CodeGate.ofAnything());
    private final Outbox outbox = new Outbox(() -> Integer.MAX_VALUE);
    private final CommitDraft.Target tree = new Tree();
    private final Deque<JobEvent> events = new ArrayDeque<>();
    private final List<Effect> effects = new ArrayList<>();
    private double now = 1e9;
    private long tick;
    private final Lifecycle lifecycle =
            new Lifecycle(Loop.site(OPTIONS), new AnyPlace(), changes.catalog, changes.errors, () -> now);

    /** Takes them through it, while Python starts. */
    static void load() {
        try {
            var _ = new WarmUp().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns what was to be done. */
    List<Effect> run() throws InterruptedException {
        events.add(new JobEvent.LeaseChanged(new JobEvent.Lease(SESSION, now + 60, 1)));
        CodeEdit code = CodeEdit.of(null);
        code.code("pass");
        code.mode(Mode.ASYNC);
        wrote(Prefixes.DEFAULT.codes().append(NAME), Values.encode(code.entry()));
        member(OPTIONS.node());
        member("other");
        events.add(new JobEvent.OpenChanged(true));
        decide();
        JobEdit job = JobEdit.of(null);
        job.code(NAME);
        job.startAt(now);
        Value entry = Values.encode(job.entry());
        others(entry);
        for (long i = 0; i < OWN; i++) {
            wrote(jobs.child(i), entry);
            decide();
        }
        pass(5);
        for (long i = 0; i <= OWN; i++) {
            wrote(jobs.child(i), null);
            decide();
        }
        pass(5);
        return effects;
    }

    private void member(String node) {
        Member member = new Member(node, Kind.ANY.word(), 1, now, 0, 0, 1, Set.of(), null);
        Path group = Prefixes.DEFAULT.presence().child(OPTIONS.group());
        wrote(group.child(node).child(Kind.ANY.word()), member.encode());
    }

    /** A job that the other node runs. */
    private void others(Value entry) throws InterruptedException {
        StateEntry running = StateEntry.NEW.running("other", now, 0);
        wrote(claims.child(OWN), new ClaimEntry("other", now, SESSION + 1).encode());
        wrote(jobs.child(OWN), entry);
        wrote(states.child(OWN), running.encode());
        wrote(states.child(OWN), running.well(now).encode());
        decide();
        wrote(claims.child(OWN), null);
    }

    private void pass(int seconds) throws InterruptedException {
        for (int i = 0; i < seconds; i++) {
            now++;
            events.add(new JobEvent.TimerFired());
            decide();
        }
    }

    private void wrote(Path path, @Nullable Value value) {
        Entry entry = new Entry(path, value, ++tick, 0);
        for (Feed feed : feeds) {
            if (path.startsWith(feed.root())) {
                events.addAll(changes.take(feed, entry));
            }
        }
    }

    private void decide() throws InterruptedException {
        for (JobEvent event = events.poll(); event != null; event = events.poll()) {
            List<Effect> all = lifecycle.handle(event);
            effects.addAll(all);
            all.forEach(this::carryOut);
            for (CommitRequest request : outbox.takeReady()) {
                CommitDraft.Author author = new CommitDraft.Author(OPTIONS.node(), Prefixes.DEFAULT.errors(), now);
                answer(request, new CommitDraft(tree, author, request).attempt());
            }
            for (Outbox.SharedNotes notes : outbox.takeNotes()) {
                notes.attempt(tree, this::answer);
            }
        }
    }

    private void answer(CommitRequest request, CommitRequest.Result result) {
        outbox.answered(request);
        events.add(new JobEvent.Committed(request, result));
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Commit(var request) -> outbox.add(request);
            case Effect.Start(var launch) -> {
                events.add(new JobEvent.RunChanged(new RunEvent.Started(launch.run())));
                events.add(new JobEvent.RunChanged(new RunEvent.SetupDone(launch.run(), null, Map.of())));
            }
            case Effect.Cancel(long run, var _) ->
                events.add(new JobEvent.RunChanged(new RunEvent.Over(run, Ended.Failed.CANCELLED)));
            case Effect.TakeOver _, Effect.Kill _, Effect.Log _ -> {}
        }
    }

    /** Takes every write, and tells of it. */
    private final class Tree implements CommitDraft.Target {
        @Override
        public List<Long> commit(Commit commit) {
            List<Long> ticks = new ArrayList<>();
            for (Write write : commit.writes()) {
                wrote(write.path(), write.value());
                ticks.add(tick);
            }
            return ticks;
        }

        @Override
        public @Nullable Entry get(Path path) {
            return null;
        }

        @Override
        public long newRecord() {
            return ++tick;
        }
    }

    private static final class AnyPlace implements Places {
        @Override
        public boolean keep(Place place) {
            return true;
        }

        @Override
        public void free(Place place) {}
    }
}
