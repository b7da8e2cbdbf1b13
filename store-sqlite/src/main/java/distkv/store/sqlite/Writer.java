package distkv.store.sqlite;

import distkv.store.Leases;
import distkv.store.Outcome;
import distkv.store.Recent;
import distkv.store.Step;
import distkv.store.StoreException;
import distkv.store.Tree;
import distkv.store.Vital;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one who changes the store, on the thread {@code distkv-store}. It takes all tasks that wait, judges them one
 * after another against the tree in memory, writes what happened in one transaction, and answers after the sync. So
 * commits that are asked for while a sync is under way share the next one, and a commit that comes alone waits for
 * nobody.
 *
 * <p>After an error whose effect cannot be known it stops writing, and says so to everyone who asks.
 */
final class Writer implements Runnable {
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Inbox inbox;
    private final Tree tree;
    private final ChangeLog log;
    private final Checkpoint checkpoint;
    private final Compaction compaction;
    private final Recent recent;
    private final Leases leases;
    private final List<Task.Drop> drops = new ArrayList<>();
    /** Written by this thread only. */
    private volatile @Nullable String stopped;

    Writer(
            Inbox inbox,
            Tree tree,
            ChangeLog log,
            Checkpoint checkpoint,
            Compaction compaction,
            Recent recent,
            Leases leases) {
        this.inbox = inbox;
        this.tree = tree;
        this.log = log;
        this.checkpoint = checkpoint;
        this.compaction = compaction;
        this.recent = recent;
        this.leases = leases;
    }

    /** Why nothing is written any more, since nobody knows what is on the disk; {@code null} while it goes on. */
    @Nullable
    String stopped() {
        return stopped;
    }

    @Override
    public void run() {
        for (List<Task> group = inbox.take(); !group.isEmpty(); group = inbox.take()) {
            handle(group);
        }
        if (stopped == null) {
            stopIfUnknown(checkpoint.finish());
        }
    }

    private void handle(List<Task> group) {
        List<Runnable> answers = new ArrayList<>(group.size());
        Outcome failure = stopped == null ? attempt(group, answers) : new Outcome.Refused(stopped);
        if (failure == null) {
            boolean wrote = publish();
            answers.forEach(Runnable::run);
            if (wrote) {
                stopIfUnknown(checkpoint.wrote(group));
            }
        } else {
            tree.undo();
            stopIfUnknown(failure);
            for (Task task : group) {
                fail(task, failure);
            }
        }
    }

    /** Judges and writes a group. Returns {@code null} if all is durable, else what became of it. */
    private @Nullable Outcome attempt(List<Task> group, List<Runnable> answers) {
        drops.clear();
        try {
            for (Task task : group) {
                answers.add(judge(task));
            }
            return tree.steps().isEmpty() && drops.isEmpty() ? null : log.write(tree.steps(), drops);
        } catch (RuntimeException | Error e) {
            // Nobody is told before: from here on this store would refuse everything.
            Vital.report(e);
            return new Outcome.Unknown(e.toString());
        }
    }

    /** Does the task in the tree; what comes back tells the asker, once that is durable. */
    private Runnable judge(Task task) {
        return switch (task) {
            case Task.Ask ask -> {
                Outcome outcome = tree.apply(ask.commit());
                yield () -> ask.answer().complete(outcome);
            }
            case Task.Grant grant -> {
                long id = tree.grant(grant.ttl());
                yield () -> grant.answer().complete(id);
            }
            case Task.End end -> {
                if (leases.end(end.lease(), end.evenIfAlive())) {
                    tree.end(end.lease());
                }
                yield () -> end.answer().complete(true);
            }
            case Task.Drop drop -> {
                compaction.dropping(drop);
                drops.add(drop);
                yield () -> drop.answer().complete(true);
            }
            case Task.Copied copied -> () -> finish(copied);
            case Task.Look look -> {
                // Judged in the middle of a group, but answered after it is durable.
                Task.View view = new Task.View(tree.newest(), tree.entries());
                yield () -> look.answer().complete(view);
            }
        };
    }

    private boolean publish() {
        boolean wrote = !tree.steps().isEmpty() || !drops.isEmpty();
        compaction.wrote(tree.steps(), drops);
        for (Step step : tree.steps()) {
            switch (step) {
                case Step.Granted granted -> leases.start(granted.lease(), granted.ttl());
                case Step.Ended ended -> leases.ended(ended.lease());
                case Step.Changed changed -> {}
            }
        }
        recent.add(tree.steps());
        tree.keep();
        return wrote;
    }

    private void fail(Task task, Outcome failure) {
        switch (task) {
            case Task.Ask ask -> ask.answer().complete(failure);
            case Task.Grant grant ->
                grant.answer().completeExceptionally(new StoreException("no lease was granted: " + reason(failure)));
            case Task.End end -> {
                if (stopped == null && leases.end(end.lease(), end.evenIfAlive())) {
                    leases.notEnded(end.lease(), TRY_AGAIN);
                }
                end.answer().complete(false);
            }
            case Task.Drop drop -> drop.answer().complete(false);
            case Task.Copied copied -> finish(copied);
            // The tree is again as it was before the group, and that is durable.
            case Task.Look look -> look.answer().complete(new Task.View(tree.newest(), tree.entries()));
        }
    }

    private void finish(Task.Copied copied) {
        if (stopped == null) {
            stopIfUnknown(copied.failure() != null ? copied.failure() : checkpoint.finish());
        }
    }

    private static String reason(Outcome failure) {
        return switch (failure) {
            case Outcome.Refused(String reason, var _) -> reason;
            case Outcome.Unknown(String reason) -> reason;
            case Outcome.Committed committed -> committed.toString();
            case Outcome.Conflict conflict -> conflict.toString();
        };
    }

    private void stopIfUnknown(@Nullable Outcome failure) {
        if (failure instanceof Outcome.Unknown(String reason)) {
            stopped = "the store has stopped, because it cannot know what is on the disk: " + reason
                    + " (check the disk, then restart the server)";
        }
    }
}
