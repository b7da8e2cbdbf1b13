package distkv.runner.worker;

import distkv.schema.code.Language;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pool knows of one worker process. Used by the decision thread only. */
final class Worker {
    /**
     * Which runs may share a worker: those in one language, and a run that must end with its claim takes all its
     * neighbours along.
     */
    record Sharing(Language language, boolean alone, boolean outlivesClaim) {
        static Sharing of(Launch launch) {
            return new Sharing(launch.procedure().language(), launch.alone(), launch.outlivesClaim());
        }

        boolean isJava() {
            return language == Language.JAVA;
        }
    }

    final int number;
    final Map<Long, Launch> runs = new LinkedHashMap<>();
    /** Those that were told to end. */
    final Set<Long> cancelled = new HashSet<>();
    /** What is to be sent once it is connected. */
    private final List<ToPython> waiting = new ArrayList<>();

    /** {@code null} while it is idle and may be used for anything. */
    @Nullable
    Sharing sharing;

    @Nullable
    Link link;

    /** When the parent is to kill it, as it was told last; {@code null}: never. */
    private @Nullable Double deadline;

    /** It was told to finish, or killed; it takes no more runs. */
    boolean leaving;

    /**
     * It has loaded a module that is not the stored one any more; it takes no more runs. A worker that is not stale
     * has of every module that it has loaded the version that all its runs are to see.
     */
    boolean stale;

    /** What has blocked its loop, and so its neighbours. Not over before the worker is gone. */
    private final Map<Long, Ended.Failed> blockers = new HashMap<>();

    /** The runner has killed it. */
    boolean killed;

    /** Its connection has ended. */
    boolean closed;

    /** The parent has killed it at its deadline. */
    private boolean overdue;

    /** The limit that it exceeded; {@code null}: none. */
    private @Nullable String exceeded;

    /** How it ended, once that is known. */
    @Nullable
    String exit;

    Worker(int number) {
        this.number = number;
    }

    /** This run has blocked the loop. */
    void blocked(long run, Ended.Failed failed) {
        blockers.put(run, failed);
    }

    /** It is gone, in this way. */
    void exited(FromPython.Exited exited) {
        leaving = true;
        exit = exited.how();
        exceeded = exited.limit();
        overdue = exited.overdue();
        String stuck = exited.stuck();
        if (stuck != null) {
            killed = true;
            Stuck.guilty(stuck, runs.values()).forEach(run -> blocked(run.run(), Stuck.failure(stuck, run)));
        }
    }

    /**
     * What tells the parent to kill it then if it has runs that must not outlive their claims, else never; {@code null} if
     * the parent knows. A worker whose last run has ended keeps its deadline until the next one is told: often it has
     * another run by then, which starts sooner if the parent need not be asked.
     */
    @Nullable
    ToPython deadline(@Nullable Double next) {
        Double at = runs.isEmpty() || sharing == null || sharing.outlivesClaim() ? null : next;
        if (Objects.equals(at, deadline)) {
            return null;
        }
        deadline = at;
        return new ToPython.Deadline(number, at);
    }

    /** How this run of it ends, which says that it ended so; because of this limit, if any. */
    Ended end(long run, Ended said, @Nullable String limit) {
        Launch launch = Objects.requireNonNull(runs.get(run));
        if (limit != null) {
            return launch.exceeded(limit);
        }
        boolean heapIsFull = said instanceof Ended.Failed failed && "OutOfMemoryError".equals(failed.type());
        return heapIsFull && launch.limits().memory() != null ? launch.exceeded("memory") : said;
    }

    /** How a run of it ended that did not say, now that it is gone. */
    Ended end(Launch launch) {
        // What runs without limits can have met one that it shares with others, but not if it was the runner.
        if (exceeded != null && !(killed && launch.limits().isEmpty())) {
            return launch.exceeded(exceeded);
        }
        Ended.Failed blocker = blockers.get(launch.run());
        return blocker != null ? blocker : new Ended.Died(exit == null ? "unknown" : exit, killed, overdue);
    }

    Language language() {
        return sharing == null ? Language.PYTHON : sharing.language();
    }

    boolean idle() {
        return sharing == null && open();
    }

    /** Whether it may get more runs. */
    boolean open() {
        return !leaving && !stale;
    }

    /** Whether it has no runs, and may be done without. */
    boolean isUnused() {
        return runs.isEmpty() && !leaving;
    }

    /** It takes no more runs; returns what tells it so. */
    ToPython finish() {
        leaving = true;
        return new ToPython.Finish();
    }

    /** Whether nothing more comes from it: it is gone, and its connection is read to the end, if there was one. */
    boolean gone() {
        return exit != null && (link == null || closed);
    }

    /** Sends, or keeps the message until it is connected; returns false if it does not read. */
    boolean send(ToPython message) {
        Link to = link;
        if (to == null) {
            waiting.add(message);
            return true;
        }
        return to.send(message);
    }

    /** From now on messages go there: first these, then what has been waiting. */
    boolean connected(Link to, ToPython init, List<ToPython> known) {
        link = to;
        boolean sent = to.send(init);
        for (ToPython message : known) {
            sent &= to.send(message);
        }
        for (ToPython message : waiting) {
            sent &= to.send(message);
        }
        waiting.clear();
        return sent;
    }
}
