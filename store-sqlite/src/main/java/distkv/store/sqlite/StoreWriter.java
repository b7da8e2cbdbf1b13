package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Write;
import distkv.model.process.VitalThreads;
import distkv.store.CommitOutcome;
import distkv.store.CopyBatch;
import distkv.store.StoreException;
import distkv.store.engine.LeaseTimers;
import distkv.store.engine.Mutation;
import distkv.store.engine.RecentChanges;
import distkv.store.engine.TaskQueue;
import distkv.store.engine.TreeState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Changes the store, on the thread {@code distkv-store}. It takes all waiting tasks, applies them one after another to the
 * tree in memory, writes the result in one transaction, and answers after the sync. So commits that are requested during a
 * sync share the next one, and a commit that comes alone waits for no other.
 *
 * <p>After an error with unknown effect it stops writing, and refuses all further tasks.
 */
final class StoreWriter implements Runnable {
    private static final System.Logger LOG = System.getLogger(StoreWriter.class.getName());
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final TaskQueue<WriterTask> queue;
    private final TreeState tree;
    private final ChangeLog log;
    private final Checkpointer checkpoint;
    private final Compaction compaction;
    private final RecentChanges recent;
    private final LeaseTimers leases;
    private final DiskSpace space;
    private final Connection connection;
    private Compaction.@Nullable Drop drop;
    /** Whether this is a copy, whose leases do not expire. */
    private final boolean isCopy;

    private volatile long leaseChanges;
    private boolean mayGrow = true;
    private volatile @Nullable String stopped;

    StoreWriter(
            TaskQueue<WriterTask> queue,
            TreeState tree,
            ChangeLog log,
            Checkpointer checkpoint,
            Compaction compaction,
            RecentChanges recent,
            LeaseTimers leases,
            DiskSpace space,
            Connection connection,
            boolean isCopy) {
        this.queue = queue;
        this.tree = tree;
        this.log = log;
        this.checkpoint = checkpoint;
        this.compaction = compaction;
        this.recent = recent;
        this.leases = leases;
        this.space = space;
        this.connection = connection;
        this.isCopy = isCopy;
    }

    @Override
    public void run() {
        for (List<WriterTask> group = queue.take(); !group.isEmpty(); group = queue.take()) {
            compaction.keepUp();
            handle(group);
        }
        if (stopped == null) {
            stopIfUnknown(checkpoint.finish());
        }
    }

    private void handle(List<WriterTask> group) {
        List<Runnable> answers = new ArrayList<>(group.size());
        CommitOutcome failure =
                stopped == null ? attempt(group, answers, mayGrow()) : new CommitOutcome.Refused(stopped);
        if (stopped == null && failure instanceof CommitOutcome.Refused(String reason, var _) && log.isFull()) {
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
            for (WriterTask task : group) {
                fail(task, failure);
            }
        }
    }

    /** Tries again on a full disk, with only those commits that do not make the tree grow. */
    private @Nullable CommitOutcome attemptWithReserve(List<WriterTask> group, List<Runnable> answers, String reason) {
        undo();
        answers.clear();
        space.full(reason);
        compaction.hurry();
        // The log restarts when all of it is copied; it may be what there was no space for.
        CommitOutcome failure = checkpoint.finish();
        return failure == null ? attempt(group, answers, false) : failure;
    }

    /** A full disk may hit checkpoints first; the log must not grow until nothing else fits. */
    private void noticeFull() {
        if (checkpoint.isFull() && !space.isFull()) {
            space.full("the write-ahead log cannot be copied");
            compaction.hurry();
            stopIfUnknown(checkpoint.finish());
        }
    }

    private void undo() {
        tree.rollBack();
        if (drop != null) {
            compaction.putBack();
        }
    }

    /** Applies and writes a group. Returns {@code null} if all of it is durable, otherwise what became of it. */
    private @Nullable CommitOutcome attempt(List<WriterTask> group, List<Runnable> answers, boolean growing) {
        drop = null;
        mayGrow = growing;
        try {
            boolean asked = false;
            for (WriterTask task : group) {
                answers.add(apply(task));
                asked |= task instanceof WriterTask.DropRows;
            }
            drop = compaction.take(rows(), asked);
            return tree.mutations().isEmpty() && drop == null ? null : log.write(tree.mutations(), drop);
        } catch (StoreException e) {
            return new CommitOutcome.Refused(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            // Before anything is answered: from here on this store would refuse everything.
            VitalThreads.report(e);
            return new CommitOutcome.Unknown(e.toString());
        }
    }

    private boolean mayGrow() {
        try {
            return !space.isFull() || space.mayGrow(connection);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Why it has stopped writing; {@code null} if it has not. Any thread may call this. */
    @Nullable
    String stopped() {
        return stopped;
    }

    private int rows() {
        int rows = 0;
        for (Mutation mutation : tree.mutations()) {
            rows += mutation instanceof Mutation.Changed changed
                    ? changed.previous().size()
                    : 0;
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

    /** Applies a task to the tree; returns what answers it once that is durable. */
    private Runnable apply(WriterTask task) {
        return switch (task) {
            case WriterTask.Apply apply -> {
                CommitOutcome outcome = mayGrow || !isGrowth(apply.commit())
                        ? tree.apply(apply.commit())
                        : new CommitOutcome.Refused(space.refusal());
                yield () -> apply.answer().complete(outcome);
            }
            case WriterTask.GrantLease grant
            when !mayGrow -> () -> fail(grant, new CommitOutcome.Refused(space.refusal()));
            case WriterTask.GrantLease grant -> {
                long id = tree.grant(grant.ttl());
                yield () -> grant.answer().complete(id);
            }
            case WriterTask.EndLease end -> {
                if (leases.end(end.lease(), end.evenIfAlive())) {
                    tree.end(end.lease());
                }
                yield () -> end.answer().complete(true);
            }
            case WriterTask.DropRows drop -> () -> drop.answer().complete(true);
            case WriterTask.Checkpointed checkpointed -> () -> finish(checkpointed);
            case WriterTask.Append append -> {
                replay(append);
                long reached = tree.newest();
                yield () -> append.answer().complete(reached);
            }
            case WriterTask.Note note -> {
                tree.note(note.name(), note.value());
                yield () -> note.answer().complete(true);
            }
            case WriterTask.Read read -> {
                // Read in the middle of a group, but answered after the group is durable.
                WriterTask.View view = new WriterTask.View(tree.newest(), tree.entries());
                yield () -> read.answer().complete(view);
            }
        };
    }

    private void replay(WriterTask.Append append) {
        if (!mayGrow) {
            throw new StoreException(space.refusal());
        }
        append.batch().granted().forEach(tree::replayGrant);
        for (List<CopyBatch.Row> commit : append.commits()) {
            CopyBatch.Row first = commit.getFirst();
            tree.replay(
                    new ChangeBatch(
                            first.entry().revision(),
                            commit.stream().map(CopyBatch.Row::entry).toList()),
                    commit.stream().map(CopyBatch.Row::replaces).toList(),
                    first.id(),
                    first.origin());
        }
        append.batch().ended().forEach(tree::replayEnd);
        if (append.batch().isAll()) {
            tree.replayOnly(append.batch().granted().keySet());
        }
    }

    /** A number that grows whenever leases are granted or end. */
    long leaseChanges() {
        return leaseChanges;
    }

    private boolean publish() {
        boolean wrote = !tree.mutations().isEmpty() || drop != null;
        compaction.wrote(tree.mutations(), wrote ? log.dropped() : 0);
        for (Mutation mutation : tree.mutations()) {
            switch (mutation) {
                case Mutation.Granted granted -> {
                    leasesChanged();
                    if (!isCopy) {
                        leases.start(granted.lease(), granted.ttl());
                    }
                }
                case Mutation.Ended ended -> {
                    leasesChanged();
                    leases.ended(ended.lease());
                }
                case Mutation.Changed _, Mutation.Noted _ -> {}
            }
        }
        recent.add(tree.mutations());
        tree.markDurable();
        return wrote;
    }

    /** Only this thread changes it. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void leasesChanged() {
        leaseChanges++;
    }

    private void fail(WriterTask task, CommitOutcome failure) {
        switch (task) {
            case WriterTask.Apply apply -> apply.answer().complete(failure);
            case WriterTask.GrantLease grant ->
                grant.answer().completeExceptionally(new StoreException("no lease was granted: " + reason(failure)));
            case WriterTask.EndLease end -> {
                if (stopped == null && leases.end(end.lease(), end.evenIfAlive())) {
                    leases.notEnded(end.lease(), TRY_AGAIN);
                }
                end.answer().complete(false);
            }
            case WriterTask.DropRows drop -> drop.answer().complete(false);
            case WriterTask.Append append ->
                append.answer().completeExceptionally(new StoreException("not copied: " + reason(failure)));
            case WriterTask.Note note ->
                note.answer().completeExceptionally(new StoreException("not written: " + reason(failure)));
            case WriterTask.Checkpointed checkpointed -> finish(checkpointed);
            // The tree is as it was before the group, and that is durable.
            case WriterTask.Read read -> read.answer().complete(new WriterTask.View(tree.newest(), tree.entries()));
        }
    }

    private void finish(WriterTask.Checkpointed checkpointed) {
        if (stopped == null) {
            stopIfUnknown(checkpointed.failure() != null ? checkpointed.failure() : checkpoint.finish());
            noticeFull();
        }
    }

    private static String reason(CommitOutcome failure) {
        return switch (failure) {
            case CommitOutcome.Refused(String reason, var _) -> reason;
            case CommitOutcome.Unknown(String reason) -> reason;
            case CommitOutcome.Committed committed -> committed.toString();
            case CommitOutcome.Conflict conflict -> conflict.toString();
        };
    }

    private void stopIfUnknown(@Nullable CommitOutcome failure) {
        if (failure instanceof CommitOutcome.Unknown(String reason) && stopped == null) {
            stopped = "the store has stopped, because it cannot know what is on the disk: " + reason
                    + " (check the disk, then restart the server)";
            LOG.log(System.Logger.Level.ERROR, "{0}", stopped);
        }
    }
}
