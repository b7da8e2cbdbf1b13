package distkv.runner.job;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.runner.worker.Launch;
import distkv.schema.code.Language;
import distkv.schema.error.ErrorIndex;
import distkv.schema.error.ErrorWrites;
import distkv.schema.job.JobId;
import distkv.schema.job.Stop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a simulated runner has done: commits, which travel and may be caught by a cut, and runs. */
final class SimHands implements Hands {
    private final Sim sim;
    private final SimNode node;
    private final Path errors;
    /** The commits about each job are made one after another, as {@code Committer} makes them; the first is under way. */
    private final Map<JobId, Deque<Ask>> lines = new HashMap<>();
    /** For how many runs a place is kept. */
    private int kept;

    SimHands(SimNode node, ErrorIndex errors) {
        this.sim = node.sim;
        this.node = node;
        this.errors = Sim.ERRORS.child(node.group.name);
    }

    @Override
    public void commit(Ask ask) {
        Deque<Ask> line = lines.computeIfAbsent(ask.job(), job -> new ArrayDeque<>());
        line.add(ask);
        if (line.size() == 1) {
            send(ask);
        }
    }

    private void send(Ask ask) {
        boolean once = ask.purpose() != Ask.Purpose.TELL && ask.purpose() != Ask.Purpose.RECORD;
        if (node.isCutOff() && once) {
            sim.after(0.001, node.awake(() -> answer(ask, new Ask.Answer.Failed("no connection"))));
            return;
        }
        // The request and the reply travel for a while, and either may be caught by a cut.
        sim.after(sim.between(0.0002, 0.02), node.connected(() -> {
            int restores = sim.store.restores();
            Ask.Answer answer = attempt(ask);
            // Of a tree that was restored since then nobody answers any more: the client asks anew.
            sim.after(
                    sim.between(0.0002, 0.02),
                    node.connected(() -> answer(ask, sim.store.restores() == restores ? answer : attempt(ask))));
        }));
    }

    private void answer(Ask ask, Ask.Answer answer) {
        Deque<Ask> line = lines.get(ask.job());
        if (line != null) {
            line.remove();
            if (line.isEmpty()) {
                lines.remove(ask.job());
            } else {
                send(line.element());
            }
        }
        Dispatcher to = node.dispatcher;
        if (to != null) {
            to.answered(ask, answer);
            node.turn();
        }
    }

    private Ask.Answer attempt(Ask ask) {
        boolean fails = !sim.calm && sim.chance(0.005);
        if (fails && ask.purpose() == Ask.Purpose.RECORD) {
            return new Ask.Answer.Failed("the server refuses it");
        }
        Ask.Answer answer = made(ask);
        // What is not known to be made may have been.
        return fails && ask.purpose() == Ask.Purpose.CLAIM ? new Ask.Answer.Failed("unknown outcome") : answer;
    }

    private Ask.Answer made(Ask ask) {
        List<Write> reports = reports(ask);
        Runnable verify = switch (ask.purpose()) {
            case CLAIM -> sim.check.claims(node, ask);
            case SWAP -> sim.check.swaps(node, ask);
            default -> () -> {};
        };
        List<Long> ticks = commit(ask.writes(), reports, ask.guards());
        if (ticks != null) {
            verify.run();
            return new Ask.Answer.Done(ticks);
        }
        Ask.Fallback fallback = ask.otherwise();
        Write write = fallback == null ? null : fallback.over(sim.store.get(fallback.path()));
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
        return all.isEmpty() ? List.of() : sim.store.commit(new Commit(List.copyOf(all.values()), guards));
    }

    private List<Write> reports(Ask ask) {
        List<Write> writes = new ArrayList<>();
        for (Ask.News news : ask.reports()) {
            Path fresh = errors.child(node.name).child(sim.random.nextLong(1, Long.MAX_VALUE));
            for (Write write :
                    ErrorWrites.of(news.report(), news.known(), fresh, node.name, ask.tock(), node.clock())) {
                Value value = write.value();
                if (value != null) {
                    writes.add(Write.set(write.path(), value, Expectation.anything()));
                }
            }
        }
        return writes;
    }

    @Override
    public boolean keepPlace(Language language, boolean alone, boolean outlivesClaim) {
        boolean fits = node.workers.size() + kept < sim.room;
        kept += fits ? 1 : 0;
        return fits;
    }

    @Override
    public void freePlace(Language language, boolean alone, boolean outlivesClaim) {
        kept--;
    }

    @Override
    public void start(Launch launch) {
        node.workers.start(launch);
    }

    @Override
    public void claim(long run, Guard claim) {
        node.workers.claim(run, claim);
    }

    @Override
    public void cancel(long run, Stop why) {
        if (why == Stop.MOVED) {
            node.workers.isMoved(run);
        }
        node.workers.cancel(run);
    }

    @Override
    public void kill(long run) {
        node.workers.kill(run);
    }

    @Override
    public void say(System.Logger.Level level, JobId job, String text) {
        sim.note(() -> node.name + " says of " + job + ": " + text);
    }
}
