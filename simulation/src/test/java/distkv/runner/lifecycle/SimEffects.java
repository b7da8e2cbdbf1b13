package distkv.runner.lifecycle;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.runner.lifecycle.Lifecycle.Places;
import distkv.runner.outbox.CommitDraft;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.outbox.Outbox;
import distkv.runner.outbox.Outbox.SharedNotes;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Place;
import distkv.schema.job.JobId;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out what a simulated runner has decided. Commits go through the real outbox; they travel and may be caught by a
 * cut, and a request or its reply may be lost.
 */
final class SimEffects implements Places {
    private final Sim sim;
    private final SimNode node;
    private final Path errors;
    private final Outbox outbox;
    /** For how many runs a place is kept. */
    private int kept;

    SimEffects(SimNode node) {
        this.sim = node.sim;
        this.node = node;
        this.errors = Sim.ERRORS.child(node.group.name);
        this.outbox = new Outbox(() -> sim.calm ? Integer.MAX_VALUE : sim.outbox);
    }

    /** Does what was decided. */
    void carryOut(List<Effect> effects) {
        effects.forEach(this::carryOut);
        outbox.takeReady().forEach(request -> send(request, draft(request)));
    }

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.Commit(CommitRequest request) -> {
                if (!outbox.add(request)) {
                    sim.note(() -> node.name + " drops " + request);
                }
            }
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

    private CommitDraft draft(CommitRequest request) {
        return new CommitDraft(new Store(request), new CommitDraft.Author(node.name, errors, node.clock()), request);
    }

    private void send(CommitRequest request, CommitDraft draft) {
        if (node.isCutOff() && !draft.isPatient()) {
            sim.after(0.001, node.awake(() -> answer(request, new Result.Failed("no connection"))));
            return;
        }
        boolean isLost = isLost();
        boolean arrives = !isLost || sim.chance(0.5);
        // The request and the reply travel for a while, and either may be caught by a cut.
        travel(() -> {
            int restores = sim.store.restores();
            Result result = arrives ? attempt(request, draft) : new Result.Conflict();
            travel(() -> {
                // Of a tree that was restored since then nobody answers any more.
                if (isLost || sim.store.restores() != restores) {
                    draft.lost();
                    send(request, draft);
                } else {
                    answer(request, result);
                }
            });
        });
    }

    private boolean isLost() {
        return !sim.calm && sim.chance(0.01);
    }

    private void travel(Runnable arrive) {
        sim.after(sim.between(0.0002, 0.02), node.connected(arrive));
    }

    /** Sends the notes that have come together. */
    void sendNotes() {
        for (SharedNotes notes : outbox.takeNotes()) {
            if (node.isCutOff() || isLost()) {
                notes.open().forEach(note -> send(note, draft(note)));
            } else {
                travel(() -> share(notes));
            }
        }
    }

    private void share(SharedNotes shared) {
        List<CommitRequest> notes = shared.open();
        List<Runnable> answers = new ArrayList<>();
        boolean isLost = isLost();
        try {
            shared.attempt(new Store(null), (note, result) -> answers.add(() -> answer(note, result)));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        List<CommitRequest> alone = isLost ? notes : shared.open();
        travel(() -> {
            if (!isLost) {
                answers.forEach(Runnable::run);
            }
            for (CommitRequest note : alone) {
                CommitDraft draft = draft(note);
                if (isLost) {
                    draft.lost();
                }
                send(note, draft);
            }
        });
    }

    private void answer(CommitRequest request, Result result) {
        outbox.answered(request);
        if (node.isUp()) {
            node.handle(new JobEvent.Committed(request, result));
            node.turn();
        }
    }

    private Result attempt(CommitRequest request, CommitDraft draft) {
        boolean fails = !sim.calm && sim.chance(0.005);
        if (fails && request.purpose() == CommitRequest.Purpose.RECORD) {
            return new Result.Failed("the server refuses it");
        }
        try {
            Result result = draft.attempt();
            // What is not known to be made may have been.
            return fails && request.purpose() == CommitRequest.Purpose.CLAIM
                    ? new Result.Failed("unknown outcome")
                    : result;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
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

    /** The simulated store, where it is checked whether what a request asks for may be. */
    private final class Store implements CommitDraft.Target {
        private final @Nullable CommitRequest request;

        Store(@Nullable CommitRequest request) {
            this.request = request;
        }

        @Override
        public List<Long> commit(Commit commit) throws Refusal {
            Runnable verify = request == null ? () -> {} : verify(request);
            List<Long> ticks = sim.store.commit(commit);
            if (ticks == null) {
                throw new Refusal(sim.store.refusedAt());
            }
            verify.run();
            return ticks;
        }

        private Runnable verify(CommitRequest made) {
            return switch (made.purpose()) {
                case CLAIM -> sim.check.claims(node, made);
                case SWAP -> sim.check.swaps(node, made);
                default -> () -> {};
            };
        }

        @Override
        public @Nullable Entry get(Path path) {
            return sim.store.get(path);
        }

        @Override
        public long newRecord() {
            return sim.random.nextLong(1, Long.MAX_VALUE);
        }
    }
}
