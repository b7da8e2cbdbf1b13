package distkv.runner.lifecycle;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Place;
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
final class SimEffects implements Places {
    private final Sim sim;
    private final SimNode node;
    private final Path errors;
    /** The commits about each job are made one after another, as {@code Committer} makes them; the first is under way. */
    private final Map<JobId, Deque<CommitRequest>> lines = new HashMap<>();
    /** For how many runs a place is kept. */
    private int kept;

    SimEffects(SimNode node) {
        this.sim = node.sim;
        this.node = node;
        this.errors = Sim.ERRORS.child(node.group.name);
    }

    /** Does what a runner has decided. */
    void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Commit(CommitRequest request) -> commit(request);
            case Effect.Start(Launch launch) -> {
                kept--;
                node.workers.start(launch);
            }
            case Effect.TakeOver(long run, Guard claim) -> node.workers.claim(run, claim);
            case Effect.Cancel(long run, Stop why) -> {
                if (why == Stop.MOVED) {
                    node.workers.isMoved(run);
                }
                node.workers.cancel(run);
            }
            case Effect.Kill(long run) -> node.workers.kill(run);
            case Effect.Log(var _, JobId job, String text) ->
                sim.note(() -> node.name + " says of " + job + ": " + text);
        }
    }

    private void commit(CommitRequest request) {
        Deque<CommitRequest> line = lines.computeIfAbsent(request.job(), job -> new ArrayDeque<>());
        line.add(request);
        if (line.size() == 1) {
            send(request);
        }
    }

    private void send(CommitRequest request) {
        boolean once = !request.purpose().isPatient();
        if (node.isCutOff() && once) {
            sim.after(0.001, node.awake(() -> answer(request, new CommitResult.Failed("no connection"))));
            return;
        }
        // The request and the reply travel for a while, and either may be caught by a cut.
        sim.after(sim.between(0.0002, 0.02), node.connected(() -> {
            int restores = sim.store.restores();
            CommitResult result = attempt(request);
            // Of a tree that was restored since then nobody answers any more: the client asks anew.
            sim.after(
                    sim.between(0.0002, 0.02),
                    node.connected(
                            () -> answer(request, sim.store.restores() == restores ? result : attempt(request))));
        }));
    }

    private void answer(CommitRequest request, CommitResult result) {
        Deque<CommitRequest> line = lines.get(request.job());
        if (line != null) {
            line.remove();
            if (line.isEmpty()) {
                lines.remove(request.job());
            } else {
                send(line.element());
            }
        }
        if (node.isUp()) {
            node.handle(new JobEvent.Committed(request, result));
            node.turn();
        }
    }

    private CommitResult attempt(CommitRequest request) {
        boolean fails = !sim.calm && sim.chance(0.005);
        if (fails && request.purpose() == CommitRequest.Purpose.RECORD) {
            return new CommitResult.Failed("the server refuses it");
        }
        CommitResult result = made(request);
        // What is not known to be made may have been.
        return fails && request.purpose() == CommitRequest.Purpose.CLAIM
                ? new CommitResult.Failed("unknown outcome")
                : result;
    }

    private CommitResult made(CommitRequest request) {
        List<Write> reports = reports(request);
        Runnable verify = switch (request.purpose()) {
            case CLAIM -> sim.check.claims(node, request);
            case SWAP -> sim.check.swaps(node, request);
            default -> () -> {};
        };
        List<Long> ticks = commit(request.writes(), reports, request.guards());
        if (ticks != null) {
            verify.run();
            return new CommitResult.Done(ticks);
        }
        CommitRequest.Fallback fallback = request.fallback();
        Write write = fallback == null ? null : fallback.over(sim.store.get(fallback.path()));
        if (write != null) {
            ticks = commit(List.of(write), reports, List.of());
            if (ticks != null) {
                return new CommitResult.FellBack(ticks.getFirst());
            }
        }
        return new CommitResult.Conflict();
    }

    private @Nullable List<Long> commit(List<Write> writes, List<Write> reports, List<Guard> guards) {
        Map<Path, Write> all = new LinkedHashMap<>();
        writes.forEach(write -> all.put(write.path(), write));
        reports.forEach(write -> all.put(write.path(), write));
        return all.isEmpty() ? List.of() : sim.store.commit(new Commit(List.copyOf(all.values()), guards));
    }

    private List<Write> reports(CommitRequest request) {
        List<Write> writes = new ArrayList<>();
        for (CommitRequest.News news : request.news()) {
            Path fresh = errors.child(node.name).child(sim.random.nextLong(1, Long.MAX_VALUE));
            for (Write write :
                    ErrorWrites.of(news.report(), news.known(), fresh, node.name, request.tock(), node.clock())) {
                Value value = write.value();
                if (value != null) {
                    writes.add(Write.set(write.path(), value, Expectation.anything()));
                }
            }
        }
        return writes;
    }

    @Override
    public boolean keep(Place place) {
        boolean fits = node.workers.size() + kept < sim.room;
        kept += fits ? 1 : 0;
        return fits;
    }

    @Override
    public void free(Place place) {
        kept--;
    }
}
