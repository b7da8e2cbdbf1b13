package distkv.runner;

import static org.assertj.core.api.Assertions.assertThatCode;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.accept.CodeGate;
import distkv.runner.group.GroupState;
import distkv.runner.lifecycle.Effect;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.lifecycle.Lifecycle;
import distkv.runner.outbox.CommitDraft;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.sandbox.SecretFiles;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Place;
import distkv.runner.worker.RunEvent;
import distkv.runner.worker.ToWorker;
import distkv.schema.job.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever is stored in the tree, and whatever workers say: it may be an error of a job, but never one of the decision
 * thread, which would end the runner, and each runner of the group in turn.
 */
class HostileEntriesTest {
    private static final int EVENTS = 400;

    @Test
    void noEntryMakesADecisionFail() {
        holds(1, 40);
    }

    @Tag("long")
    @Test
    void theSameHoldsInManyHistories() {
        holds(41, 4_000);
    }

    private static void holds(long first, long last) {
        for (long seed = first; seed <= last; seed++) {
            History history = new History(seed);
            assertThatCode(history::run).as("seed %d", seed).doesNotThrowAnyException();
        }
    }

    /** A runner to which chance stores entries of any content, and which is told anything of its runs. */
    private static final class History implements Lifecycle.Places, CommitDraft.Target {
        private static final List<String> FIELDS = List.of(
                "code",
                "target",
                "repeat",
                "cron",
                "delay",
                "backoff",
                "ok_after",
                "data",
                "limits",
                "where",
                "has",
                "split",
                "handover",
                "started",
                "stopped",
                "pinged",
                "computed",
                "reason",
                "reason_code",
                "result",
                "node",
                "offered",
                "runs",
                "outcome",
                "session",
                "vars",
                "is_async",
                "requires",
                "language",
                "default",
                "procedure",
                "module",
                "path",
                "subsystem",
                "severity",
                "message",
                "resolved",
                "first_seen",
                "last_seen",
                "count",
                "comment",
                "seen",
                "tock",
                "trace",
                "pid",
                "load",
                "pinned",
                "capacity",
                "labels",
                "nodes",
                "drain",
                "memory",
                "cpu",
                "files",
                "processes",
                "time");

        private final SplittableRandom random;
        private final RunnerOptions options = RunnerOptions.of("vm", EnumSet.allOf(Kind.class));
        private final List<Feed> feeds = Feed.of(options);
        private final ChangeRouter router = new ChangeRouter(options, CodeGate.ofAnything());
        private final Lifecycle lifecycle;
        private final Map<Path, Entry> tree = new HashMap<>();
        private final Deque<JobEvent> events = new ArrayDeque<>();
        private final List<Long> runs = new ArrayList<>();
        private double now = 1_000_000_000;
        private long revision;

        History(long seed) {
            random = new SplittableRandom(seed);
            lifecycle = new Lifecycle(Loop.site(options), this, router.catalog, router.errors, () -> now);
        }

        void run() throws InterruptedException {
            for (int i = 0; i < EVENTS; i++) {
                now += random.nextDouble() < 0.1 ? random.nextDouble(1_000) : random.nextDouble(0.2);
                events.add(new JobEvent.LeaseChanged(new JobEvent.Lease(7, now + 3, 0.6)));
                events.add(new JobEvent.OpenChanged(random.nextInt(20) > 0));
                switch (random.nextInt(4)) {
                    case 0, 1 -> store();
                    case 2 -> {
                        if (!runs.isEmpty()) {
                            events.add(new JobEvent.RunChanged(told(runs.get(random.nextInt(runs.size())))));
                        }
                    }
                    default -> events.add(new JobEvent.TimerFired());
                }
                while (!events.isEmpty()) {
                    for (Effect effect : lifecycle.handle(events.remove())) {
                        carryOut(effect);
                    }
                }
            }
        }

        private void carryOut(Effect effect) throws InterruptedException {
            switch (effect) {
                case Effect.Commit(CommitRequest request) -> {
                    CommitDraft.Author author =
                            new CommitDraft.Author("vm", options.prefixes().errors(), now);
                    CommitDraft draft = new CommitDraft(this, author, request);
                    events.add(new JobEvent.Committed(request, draft.attempt()));
                }
                case Effect.Start(Launch launch) -> {
                    runs.add(launch.run());
                    GroupState state = new GroupState(GroupState.Level.COMPLETE, 1, 1);
                    new ToWorker.Start(launch.within(options.limits()), state, 10, SecretFiles.RunSecrets.NONE, null)
                            .encode();
                    events.add(new JobEvent.RunChanged(new RunEvent.Started(launch.run())));
                }
                case Effect.Cancel(long run, var _) ->
                    events.add(new JobEvent.RunChanged(new RunEvent.Over(run, failed())));
                default -> {}
            }
        }

        private void store() {
            Feed feed = feeds.get(random.nextInt(feeds.size()));
            Path path = feed.root().append(name(feed.what()));
            changed(path, random.nextInt(8) == 0 ? null : Values.encode(content(feed.what())));
        }

        private void changed(Path path, @Nullable Value value) {
            changed(new Entry(path, value, Revision.tick(++revision, 0), 0));
        }

        private void changed(Entry entry) {
            if (entry.isDeletion()) {
                tree.remove(entry.path());
            } else {
                tree.put(entry.path(), entry);
            }
            for (Feed feed : feeds) {
                if (entry.path().startsWith(feed.root())) {
                    events.addAll(router.take(feed, entry));
                }
            }
            router.wanted();
        }

        private Path name(Feed.What what) {
            return switch (random.nextInt(10)) {
                case 0 -> Path.ROOT;
                case 1 -> Path.of(".call", "x");
                case 2 -> Path.of("a", Guard.STANDBY);
                case 3 -> Path.of(element(), element());
                case 4, 5 -> what == Feed.What.PRESENCE ? Path.of("other", "any") : Path.of("a");
                case 6 -> what == Feed.What.ERRORS ? Path.of("vm", 5L) : Path.of("b");
                default -> Path.of("a");
            };
        }

        private @Nullable Object element() {
            return switch (random.nextInt(5)) {
                case 0 -> null;
                case 1 -> random.nextLong(-2, 3);
                case 2 -> Double.NaN;
                case 3 -> "x".repeat(random.nextInt(300));
                default -> List.of("a", 1L);
            };
        }

        private @Nullable Object content(Feed.What what) {
            if (random.nextInt(10) == 0) {
                return any(3);
            }
            Map<Object, @Nullable Object> map = new LinkedHashMap<>();
            switch (what) {
                case ENTRIES -> {
                    map.put("code", Path.of("a"));
                    map.put("target", now - random.nextInt(10));
                    map.put("handover", random.nextBoolean());
                }
                case STATES -> map.put("node", random.nextBoolean() ? null : "vm");
                case CODES -> {
                    map.put("code", "pass");
                    map.put("is_async", true);
                }
                case MODULES -> map.put("code", "x = 1");
                case ERRORS -> {
                    map.put("subsystem", random.nextBoolean() ? "run" : "compile");
                    map.put(
                            "path",
                            feeds.get(random.nextInt(feeds.size())).root().child("a"));
                }
                default -> {}
            }
            for (int i = random.nextInt(5); i > 0; i--) {
                map.put(FIELDS.get(random.nextInt(FIELDS.size())), any(3));
            }
            return map;
        }

        private @Nullable Object any(int depth) {
            int kind = random.nextInt(depth > 0 ? 20 : 16);
            return switch (kind) {
                case 0 -> null;
                case 1 -> true;
                case 2 -> -1L;
                case 3 -> Long.MAX_VALUE;
                case 4 -> Long.MIN_VALUE;
                case 5 -> Double.NaN;
                case 6 -> Double.POSITIVE_INFINITY;
                case 7 -> 1e300;
                case 8 -> -1e300;
                case 9 -> 0.5;
                case 10 -> "";
                case 11 -> "x\u0000\ud83d\ude00";
                case 12 ->
                    List.of("@daily", "* * * * *", "CRON_TZ=Mars 0 0 31 2 *", "python", "java", "stop")
                            .get(random.nextInt(6));
                case 13 -> new byte[] {1, 2, 3};
                case 14 -> Path.of("a", 1L);
                case 15 -> 1L << random.nextInt(63);
                case 16, 17 -> {
                    List<@Nullable Object> list = new ArrayList<>();
                    for (int i = random.nextInt(4); i > 0; i--) {
                        list.add(any(depth - 1));
                    }
                    yield list;
                }
                default -> {
                    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
                    for (int i = random.nextInt(4); i > 0; i--) {
                        Object key = random.nextInt(3) == 0 ? any(0) : FIELDS.get(random.nextInt(FIELDS.size()));
                        map.put(key, any(depth - 1));
                    }
                    yield map;
                }
            };
        }

        private RunEvent told(long run) {
            return switch (random.nextInt(5)) {
                case 0 ->
                    new RunEvent.ModuleUsed(
                            run, Path.of("a"), random.nextLong(-2, 100), random.nextBoolean() ? null : failed());
                case 1 -> new RunEvent.SetupDone(run, random.nextBoolean() ? null : "set up", fields());
                case 2 ->
                    new RunEvent.ErrorReported(
                            run, random.nextBoolean() ? null : Path.of("a", "b"), random.nextInt(), null, failed());
                case 3 -> new RunEvent.Over(run, random.nextBoolean() ? failed() : new Ended.Died("signal 9", false));
                default -> new RunEvent.Over(run, new Ended.Done(Values.encode(any(3))));
            };
        }

        private Ended.Failed failed() {
            Ended.Fault[] faults = Ended.Fault.values();
            String type = random.nextBoolean() ? null : "T";
            String message = random.nextBoolean() ? null : "it's \"\\\n";
            return new Ended.Failed(
                    faults[random.nextInt(faults.length)],
                    type,
                    message,
                    null,
                    random.nextBoolean() ? null : -1L,
                    fields());
        }

        private Map<String, @Nullable Object> fields() {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                fields.put(FIELDS.get(random.nextInt(FIELDS.size())), any(3));
            }
            return fields;
        }

        @Override
        public boolean keep(Place place) {
            return random.nextInt(10) > 0;
        }

        @Override
        public void free(Place place) {}

        @Override
        public List<Long> commit(Commit commit) throws Refusal {
            for (Write write : commit.writes()) {
                if (!write.expectation().holds(tree.get(write.path()))) {
                    throw new Refusal(write.path());
                }
            }
            revision++;
            List<Long> ticks = new ArrayList<>();
            for (Write write : commit.writes()) {
                ticks.add(Revision.tick(revision, ticks.size()));
                changed(new Entry(write.path(), write.value(), ticks.getLast(), write.lease()));
            }
            return ticks;
        }

        @Override
        public @Nullable Entry get(Path path) {
            return tree.get(path);
        }

        @Override
        public long newRecord() {
            return random.nextLong(1, 1L << 40);
        }
    }
}
