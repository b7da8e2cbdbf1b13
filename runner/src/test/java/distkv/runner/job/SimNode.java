package distkv.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.code.Catalog;
import distkv.runner.code.CodeId;
import distkv.runner.code.Language;
import distkv.runner.error.ErrorIndex;
import distkv.runner.error.ErrorWrites;
import distkv.runner.group.Peer;
import distkv.runner.worker.Ended;
import distkv.runner.worker.Launch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A runner of the simulation: the real dispatcher; network, session and workers are played. */
final class SimNode implements Hands {
    private static final double MARGIN = 0.6;
    private static final int ROOM = 30;

    private final Sim sim;
    private final String name;
    private final Map<Kind, Site.Roots> roots = new EnumMap<>(Kind.class);
    private final Map<Long, Sim.Execution> running = new HashMap<>();
    /** When the last item of each feed arrives: a feed never overtakes itself. */
    private final Map<String, Double> arrivals = new HashMap<>();

    private final Consumer<List<Entry>> follower = this::deliver;
    private final List<Runnable> held = new ArrayList<>();
    private @Nullable Dispatcher dispatcher;
    private Catalog catalog = new Catalog();
    private ErrorIndex errors = new ErrorIndex(Sim.ERRORS);
    private int life;
    private long lease;
    private double deadline;
    private double wakeAt;
    private boolean cutOff;
    /** Whether all that it runs does as it is told and fails no more. */
    boolean calm;

    SimNode(Sim sim, String name) {
        this.sim = sim;
        this.name = name;
        for (Kind kind : Kind.values()) {
            roots.put(
                    kind,
                    new Site.Roots(
                            kind.entries(Sim.RUNS, "default", name),
                            kind.states(Sim.STATES, "default", name),
                            kind.states(Sim.CLAIMS, "default", name)));
        }
    }

    boolean isUp() {
        return dispatcher != null;
    }

    boolean isCutOff() {
        return cutOff;
    }

    int runs() {
        return running.size();
    }

    /** Starts the runner: reads everything, then follows. */
    void start() {
        sim.note(name + " starts");
        int mine = ++life;
        catalog = new Catalog();
        errors = new ErrorIndex(Sim.ERRORS);
        Site site = new Site(name, Set.of(), Sim.CODES, Path.of("module"), roots);
        Dispatcher fresh = new Dispatcher(site, this, catalog, errors, () -> sim.now);
        dispatcher = fresh;
        lease = sim.store.grant(sim.now + Sim.TTL);
        deadline = sim.now + Sim.TTL;
        sim.put(Path.of("presence", name), Map.of());
        bindPresence();
        sim.store.entries.values().forEach(this::take);
        sim.store.follow(follower);
        turn();
        fresh.open(true);
        renewLater(mine);
    }

    private void bindPresence() {
        Write presence = new Write(Path.of("presence", name), Values.encode(Map.of()), Expectation.anything(), lease);
        sim.store.commit(Commit.of(presence));
    }

    private void renewLater(int mine) {
        sim.after(Sim.TTL / 3, () -> {
            if (mine != life || dispatcher == null) {
                return;
            }
            if (!cutOff) {
                renew();
            }
            renewLater(mine);
        });
    }

    private void renew() {
        double sent = sim.now;
        if (!sim.store.renew(lease, sent + Sim.TTL)) {
            lease = sim.store.grant(sent + Sim.TTL);
            bindPresence();
        }
        deadline = sent + Sim.TTL;
        turn();
    }

    /** Kills the runner and its workers. */
    void kill() {
        sim.note(name + " is killed");
        life++;
        dispatcher = null;
        cutOff = false;
        held.clear();
        arrivals.clear();
        sim.store.unfollow(follower);
        List.copyOf(running.keySet()).forEach(run -> end(run, false));
    }

    void cutOff() {
        sim.note(name + " is cut off");
        cutOff = true;
        open(false);
    }

    void reconnect() {
        sim.note(name + " is back");
        cutOff = false;
        if (dispatcher == null) {
            return;
        }
        renew();
        List<Runnable> waiting = List.copyOf(held);
        held.clear();
        waiting.forEach(Runnable::run);
        int mine = life;
        sim.after(sim.between(0.001, 0.1), () -> {
            if (mine == life && !cutOff) {
                open(true);
            }
        });
    }

    private void open(boolean open) {
        Dispatcher to = dispatcher;
        if (to != null) {
            to.open(open);
        }
    }

    /** Stops the runner as SIGTERM does: its runs end and are recorded, its session too; later it starts again. */
    void restart() {
        sim.note(name + " is told to stop");
        int mine = life;
        Dispatcher to = dispatcher;
        if (to != null) {
            to.close();
            sim.after(Running.GRACE + 1, () -> {
                if (mine == life) {
                    sim.store.renew(lease, sim.now);
                    assertThat(cutOff || to.busy() == 0)
                            .as("everything is over\n%s", sim.journal)
                            .isTrue();
                    kill();
                    start();
                }
            });
        }
    }

    /** Does what is due. */
    void turn() {
        Dispatcher to = dispatcher;
        if (to == null) {
            return;
        }
        to.lease(new Lease(lease, deadline, MARGIN));
        double next = to.run();
        if (next < Double.POSITIVE_INFINITY && (next < wakeAt || wakeAt <= sim.now)) {
            wakeAt = Math.max(next, sim.now + 1e-6);
            sim.after(wakeAt - sim.now, () -> {});
        }
    }

    private void deliver(List<Entry> changes) {
        int mine = life;
        for (Entry change : changes) {
            List<Object> elements = change.path().elements();
            String feed = elements.get(0) + "/" + (elements.size() > 1 ? elements.get(1) : "");
            double at = Math.max(sim.now + sim.between(0.0001, 0.03), arrivals.getOrDefault(feed, 0.0));
            arrivals.put(feed, at);
            sim.after(at - sim.now, () -> connected(mine, () -> take(change)));
        }
    }

    /** Does it now, or when the network is back; never in another life. */
    private void connected(int mine, Runnable what) {
        if (mine != life) {
            return;
        }
        if (cutOff) {
            held.add(() -> connected(mine, what));
        } else {
            what.run();
        }
    }

    private void take(Entry entry) {
        Dispatcher to = dispatcher;
        if (to == null) {
            return;
        }
        Path path = entry.path();
        if (path.startsWith(Sim.CODES)) {
            Path code = path.tail(1);
            if (catalog.apply(CodeId.procedure(code), entry)) {
                to.codeChanged(CodeId.procedure(code));
            }
        } else if (path.startsWith(Sim.ERRORS)) {
            errors.apply(entry);
        } else if (path.startsWith(Path.of("presence"))) {
            List<Peer> peers = new ArrayList<>();
            sim.nodes.forEach((node, state) -> {
                if (sim.store.entries.containsKey(Path.of("presence", node))) {
                    peers.add(new Peer(node, 1, 0, Set.of(), false));
                }
            });
            to.peers(peers);
        } else {
            roots.forEach((kind, at) -> {
                route(to, kind, Dispatcher.Part.ENTRY, at.entries(), entry);
                route(to, kind, Dispatcher.Part.STATE, at.states(), entry);
                route(to, kind, Dispatcher.Part.CLAIM, at.claims(), entry);
            });
        }
    }

    private static void route(Dispatcher to, Kind kind, Dispatcher.Part part, Path root, Entry entry) {
        if (entry.path().startsWith(root) && !entry.path().equals(root)) {
            to.changed(kind, part, entry.path().tail(root.length()), entry);
        }
    }

    @Override
    public void commit(Ask ask) {
        int mine = life;
        boolean once = ask.purpose() == Ask.Purpose.NOTE || ask.purpose() == Ask.Purpose.CLAIM;
        if (cutOff && once) {
            sim.after(0.001, () -> answer(mine, ask, new Ask.Answer.Failed("no connection")));
            return;
        }
        // The request and the reply travel for a while, and either may be caught by a cut.
        sim.after(
                sim.between(0.0002, 0.02),
                () -> connected(mine, () -> {
                    Ask.Answer answer = attempt(ask);
                    sim.after(sim.between(0.0002, 0.02), () -> connected(mine, () -> answer(mine, ask, answer)));
                }));
    }

    private Ask.Answer attempt(Ask ask) {
        List<Write> reports = reports(ask);
        List<Long> ticks = commit(ask.writes(), reports, ask.guards());
        if (ticks != null) {
            return new Ask.Answer.Done(ticks);
        }
        Ask.Fallback fallback = ask.otherwise();
        Write write = fallback == null ? null : fallback.over(sim.store.entries.get(fallback.path()));
        if (write != null) {
            ticks = commit(List.of(write), reports, List.of());
            if (ticks != null) {
                return new Ask.Answer.Otherwise(ticks.getFirst());
            }
        }
        return new Ask.Answer.Conflict();
    }

    private @Nullable List<Long> commit(List<Write> writes, List<Write> reports, List<Guard> guards) {
        Map<Path, Write> all = new LinkedHashMap<>();
        writes.forEach(write -> all.put(write.path(), write));
        reports.forEach(write -> all.put(write.path(), write));
        if (all.isEmpty()) {
            return List.of();
        }
        return sim.store.commit(new Commit(List.copyOf(all.values()), guards));
    }

    private List<Write> reports(Ask ask) {
        List<Write> writes = new ArrayList<>();
        for (Ask.News news : ask.reports()) {
            long fresh = sim.random.nextLong(1, Long.MAX_VALUE);
            for (Write write : ErrorWrites.of(
                    news.report(), news.known(), Sim.ERRORS.child(name).child(fresh), name, ask.tock(), sim.now)) {
                Value value = write.value();
                if (value != null) {
                    writes.add(Write.set(write.path(), value, Expectation.anything()));
                }
            }
        }
        return writes;
    }

    private void answer(int mine, Ask ask, Ask.Answer answer) {
        Dispatcher to = dispatcher;
        if (mine == life && to != null) {
            to.answered(ask, answer);
        }
    }

    @Override
    public boolean room(Language language, boolean alone, boolean outlivesClaim) {
        return running.size() < ROOM;
    }

    @Override
    public void start(Launch launch) {
        int mine = life;
        long run = launch.run();
        Kind kind = Kind.valueOf(launch.job().elements().get(1).toString().toUpperCase(Locale.ROOT));
        Path job = launch.job().tail(kind == Kind.AT ? 4 : 3);
        Sim.Execution execution = new Sim.Execution(new JobId(kind, job), name, sim.now);
        sim.executions.add(execution);
        running.put(run, execution);
        sim.note(name + " runs " + kind + " " + job);
        sim.after(sim.between(0.001, 0.01), () -> tell(mine, run, to -> to.started(run)));
        sim.after(sim.between(0.01, 2), () -> tell(mine, run, to -> to.well(run, Map.of())));
        double lasts = sim.between(0.005, calm ? 0.5 : 8);
        int chance = calm ? 0 : sim.random.nextInt(20);
        sim.after(lasts, () -> {
            if (chance < 16) {
                over(mine, run, new Ended.Done(Values.encode(42L)));
            } else if (chance < 19) {
                over(mine, run, failed(Ended.Fault.ERROR));
            } else {
                over(mine, run, new Ended.Died("signal 9", false));
            }
        });
    }

    private static Ended failed(Ended.Fault fault) {
        return new Ended.Failed(fault, "ValueError", "no", null, 3L, Map.of());
    }

    private void over(int mine, long run, Ended ended) {
        tell(mine, run, to -> {
            end(run, ended instanceof Ended.Done);
            to.ended(run, ended);
        });
    }

    private void end(long run, boolean finished) {
        Sim.Execution execution = running.remove(run);
        if (execution != null) {
            execution.to = sim.now;
            execution.finished = finished;
        }
    }

    private void tell(int mine, long run, Consumer<Dispatcher> what) {
        Dispatcher to = dispatcher;
        if (mine == life && to != null && running.containsKey(run)) {
            what.accept(to);
        }
    }

    @Override
    public void cancel(long run, Stop why) {
        int mine = life;
        // Some code takes longer to end than it is given.
        sim.after(sim.between(0.001, calm ? 0.1 : 3), () -> over(mine, run, failed(Ended.Fault.CANCELLED)));
    }

    @Override
    public void kill(long run) {
        int mine = life;
        sim.after(0.01, () -> over(mine, run, new Ended.Died("signal 9", true)));
    }

    @Override
    public void say(System.Logger.Level level, JobId job, String text) {
        sim.note(name + " says of " + job + ": " + text);
    }
}
