package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.model.Write;
import distkv.store.Leases;
import distkv.store.Outcome;
import distkv.store.Recent;
import distkv.store.Step;
import distkv.store.StoreException;
import distkv.store.Tree;
import distkv.store.Vital;
import java.sql.Connection;
import java.sql.SQLException;
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
    private static final System.Logger LOG = System.getLogger(Writer.class.getName());
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Inbox inbox;
    private final Tree tree;
    private final ChangeLog log;
    private final Checkpoint checkpoint;
    private final Compaction compaction;
    private final Recent recent;
    private final Leases leases;
    private final Space space;
    private final Connection connection;
    private Compaction.@Nullable Drop drop;
    private boolean mayGrow = true;
    private volatile @Nullable String stopped;

    Writer(
            Inbox inbox,
            Tree tree,
            ChangeLog log,
            Checkpoint checkpoint,
            Compaction compaction,
            Recent recent,
            Leases leases,
            Space space,
            Connection connection) {
        this.inbox = inbox;
        this.tree = tree;
        this.log = log;
        this.checkpoint = checkpoint;
        this.compaction = compaction;
        this.recent = recent;
        this.leases = leases;
        this.space = space;
        this.connection = connection;
    }

    @Override
    public void run() {
        for (List<Task> group = inbox.take(); !group.isEmpty(); group = inbox.take()) {
            compaction.keepUp();
            handle(group);
        }
        if (stopped == null) {
            stopIfUnknown(checkpoint.finish());
        }
    }

    private void handle(List<Task> group) {
        List<Runnable> answers = new ArrayList<>(group.size());
        Outcome failure = stopped == null ? attempt(group, answers, mayGrow()) : new Outcome.Refused(stopped);
        if (failure instanceof Outcome.Refused(String reason, var _) && log.isFull()) {
            failure = attemptWithReserve(group, answers, reason);
        }
        if (failure == null) {
            boolean wrote = publish();
            answers.forEach(Runnable::run);
            if (wrote) {
                stopIfUnknown(checkpoint.wrote(group, log.dropped()));
                noticeFull();
            }
        } else {
            undo();
            stopIfUnknown(failure);
            for (Task task : group) {
                fail(task, failure);
            }
        }
    }

    /** The same once more on a full disk, where only what takes nothing off it in the end is done. */
    private @Nullable Outcome attemptWithReserve(List<Task> group, List<Runnable> answers, String reason) {
        undo();
        answers.clear();
        space.full(reason);
        compaction.hurry();
        // The log begins again when all of it is copied, which may be what there was no room for.
        Outcome failure = checkpoint.finish();
        return failure == null ? attempt(group, answers, false) : failure;
    }

    /** The disk may become full for checkpoints first, which must not make the log grow until nothing else fits. */
    private void noticeFull() {
        if (checkpoint.isFull() && !space.isFull()) {
            space.full("the write-ahead log cannot be copied");
            compaction.hurry();
            stopIfUnknown(checkpoint.finish());
        }
    }

    private void undo() {
        tree.undo();
        if (drop != null) {
            compaction.putBack();
        }
    }

    /** Judges and writes a group. Returns {@code null} if all is durable, else what became of it. */
    private @Nullable Outcome attempt(List<Task> group, List<Runnable> answers, boolean growing) {
        drop = null;
        mayGrow = growing;
        try {
            boolean asked = false;
            for (Task task : group) {
                answers.add(judge(task));
                asked |= task instanceof Task.Compact;
            }
            drop = compaction.take(rows(), asked);
            return tree.steps().isEmpty() && drop == null ? null : log.write(tree.steps(), drop);
        } catch (RuntimeException | Error e) {
            // Nobody is told before: from here on this store would refuse everything.
            Vital.report(e);
            return new Outcome.Unknown(e.toString());
        }
    }

    private boolean mayGrow() {
        try {
            return !space.isFull() || space.mayGrow(connection);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Why it has stopped writing; {@code null} if it has not. Any thread may ask. */
    @Nullable
    String stopped() {
        return stopped;
    }

    private int rows() {
        int rows = 0;
        for (Step step : tree.steps()) {
            rows += step instanceof Step.Changed changed ? changed.previous().size() : 0;
        }
        return rows;
    }

    private static boolean isGrowth(Commit commit) {
        for (Write write : commit.writes()) {
            if (write.value() != null) {
                return true;
            }
        }
        return false;
    }

    /** Does the task in the tree; what comes back tells the asker, once that is durable. */
    private Runnable judge(Task task) {
        return switch (task) {
            case Task.Ask ask -> {
                Outcome outcome = mayGrow || !isGrowth(ask.commit())
                        ? tree.apply(ask.commit())
                        : new Outcome.Refused(space.refusal());
                yield () -> ask.answer().complete(outcome);
            }
            case Task.Grant grant when !mayGrow -> () -> fail(grant, new Outcome.Refused(space.refusal()));
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
            case Task.Compact compact -> () -> compact.answer().complete(true);
            case Task.Copied copied -> () -> finish(copied);
            case Task.Look look -> {
                // Judged in the middle of a group, but answered after it is durable.
                Task.View view = new Task.View(tree.newest(), tree.entries());
                yield () -> look.answer().complete(view);
            }
        };
    }

    private boolean publish() {
        boolean wrote = !tree.steps().isEmpty() || drop != null;
        compaction.wrote(tree.steps(), wrote ? log.dropped() : 0);
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
            case Task.Compact compact -> compact.answer().complete(false);
            case Task.Copied copied -> finish(copied);
            // The tree is again as it was before the group, and that is durable.
            case Task.Look look -> look.answer().complete(new Task.View(tree.newest(), tree.entries()));
        }
    }

    private void finish(Task.Copied copied) {
        if (stopped == null) {
            stopIfUnknown(copied.failure() != null ? copied.failure() : checkpoint.finish());
            noticeFull();
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
        if (failure instanceof Outcome.Unknown(String reason) && stopped == null) {
            stopped = "the store has stopped, because it cannot know what is on the disk: " + reason
                    + " (check the disk, then restart the server)";
            LOG.log(System.Logger.Level.ERROR, "{0}", stopped);
        }
    }
}
