package distkv.store.etcd;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Revision;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.StoreException;
import distkv.store.engine.LeaseTimers;
import distkv.store.engine.RecentChanges;
import distkv.store.engine.TaskQueue;
import distkv.store.engine.TreeState;
import io.etcd.jetcd.api.KeyValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Changes the tree, on the thread {@code distkv-store}: it applies what waits to the tree in memory, appends the result to
 * the log as one record, and answers when etcd has it. If another server was faster, it takes everything back, applies
 * what that one has appended, and decides anew. So each commit is decided once, at its place in the log, and a conflict is
 * its own.
 *
 * <p>If the log goes on without what this server has not read yet, the process must end: it would serve what is not so any
 * more.
 */
final class EtcdWriter implements Runnable {
    private static final System.Logger LOG = System.getLogger(EtcdWriter.class.getName());
    private static final Duration TRY_AGAIN = Duration.ofMillis(250);
    private static final LogRecord.Logged NOTHING =
            new LogRecord.Logged(new ChangeBatch(0, List.of()), List.of(), null, null);
    /** About how many bytes of values go into one record. */
    private static final long RECORD = Parts.SIZE / 2;

    private final TaskQueue<EtcdTask> queue;
    private final LoggedTree logged;
    private final TreeState tree;
    private final RecentChanges recent;
    private final Leases leases;
    private final LeaseTimers timers;
    private final LogReader log;
    private final Appender appender;
    private final History history;
    private final ServerPresence presence;
    private final Snapshots snapshots;
    private final ScheduledExecutorService timer;
    private final List<Runnable> answers = new ArrayList<>();
    /** Whether an answer says what is not so, and may be out of date. */
    private boolean denies;

    /** The number of the newest record that is in the tree. */
    private long number;

    private volatile @Nullable String trouble;
    /** Whether etcd did not answer when it was asked last. */
    private boolean isOut;
    /** Whether it will be asked again soon. */
    private boolean isAsking;

    /** Whether a record was sent that may yet be appended after the newest one. */
    private volatile boolean unsettled;

    EtcdWriter(
            TaskQueue<EtcdTask> queue,
            OpenedTree opened,
            RecentChanges recent,
            Leases leases,
            LeaseTimers timers,
            LogReader log,
            Appender appender,
            ServerPresence presence,
            Snapshots snapshots,
            ScheduledExecutorService timer) {
        this.queue = queue;
        this.logged = opened.tree();
        this.tree = logged.state;
        this.number = opened.number();
        this.recent = recent;
        this.leases = leases;
        this.timers = timers;
        this.log = log;
        this.appender = appender;
        this.history = opened.history();
        this.presence = presence;
        this.snapshots = snapshots;
        this.timer = timer;
    }

    /** What prevents writing; {@code null} for nothing. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Whether of some commit it is not certain yet whether it is in the log. */
    boolean isUnsettled() {
        return unsettled;
    }

    @Override
    public void run() {
        for (List<EtcdTask> group = queue.take(); !group.isEmpty(); group = queue.take()) {
            handle(group);
        }
    }

    private void handle(List<EtcdTask> group) {
        List<EtcdTask> work = new ArrayList<>(group.size());
        for (EtcdTask task : group) {
            switch (task) {
                case EtcdTask.Recorded(long at, byte[] record) -> recorded(at, record);
                case EtcdTask.CatchUp _ -> {
                    isAsking = false;
                    catchUp();
                }
                default -> work.add(task);
            }
        }
        while (!work.isEmpty()) {
            work = attempt(work);
        }
    }

    /** Does what it can of the first tasks in one record; returns those that are left. */
    private List<EtcdTask> attempt(List<EtcdTask> work) {
        answers.clear();
        denies = false;
        int count = 0;
        for (long bytes = 0; count < work.size() && bytes < RECORD; count++) {
            bytes += work.get(count).bytes();
            apply(work.get(count));
        }
        List<EtcdTask> tried = work.subList(0, count);
        Appender.Appended appended = append();
        switch (appended) {
            case Appender.Appended.Done(int bytes) -> {
                publish(bytes);
                answers.forEach(Runnable::run);
            }
            case Appender.Appended.Overtaken(List<KeyValue> records) -> {
                tree.rollBack();
                overtaken(records);
                return work;
            }
            case Appender.Appended.Failed failed -> {
                tree.rollBack();
                failed(failed);
                tried.forEach(task -> fail(task, failed.outcome()));
            }
        }
        return work.subList(count, work.size());
    }

    private Appender.Appended append() {
        if (tree.mutations().isEmpty() && !denies) {
            return new Appender.Appended.Done(0);
        }
        return isOut
                ? new Appender.Appended.Failed(new CommitOutcome.Refused(String.valueOf(trouble)), true, false)
                : appender.append(number, tree.mutations());
    }

    private void apply(EtcdTask task) {
        switch (task) {
            case EtcdTask.Apply(var commit, var answer) -> {
                CommitOutcome outcome = tree.apply(commit);
                denies |= !(outcome instanceof CommitOutcome.Committed);
                answers.add(() -> answer.complete(outcome));
            }
            case EtcdTask.GrantLease(Duration ttl, var answer) -> {
                long lease = tree.grant(ttl);
                answers.add(() -> answer.complete(lease));
            }
            case EtcdTask.EndLease(long lease, boolean evenIfAlive, var answer) -> {
                boolean ends = leases.isHere(lease)
                        ? timers.end(lease, evenIfAlive)
                        : evenIfAlive && leases.find(lease) != null;
                if (ends) {
                    tree.end(lease);
                }
                answers.add(() -> answer.complete(ends));
            }
            case EtcdTask.TakeLease(long lease, var answer) -> {
                boolean is = leases.find(lease) != null;
                if (is && !leases.isHere(lease)) {
                    take(lease);
                }
                answers.add(() -> answer.complete(is));
            }
            case EtcdTask.TakeOver _ -> leases.without(presence::isThere).forEach(this::take);
            case EtcdTask.Read(var answer) -> answers.add(() -> answer.complete(contents()));
            case EtcdTask.ReadOrigin(long tick, var answer) -> answers.add(() -> answer.complete(origin(tick)));
            case EtcdTask.Recorded _, EtcdTask.CatchUp _ -> throw new IllegalStateException(task.toString());
        }
    }

    private void take(long lease) {
        tree.note(LogRecord.LEASE, String.valueOf(lease));
    }

    private LogSnapshot.Contents contents() {
        return logged.contents(number);
    }

    private @Nullable Origin origin(long tick) {
        Entry entry = logged.find(tick);
        if (entry != null) {
            return logged.origin(entry);
        }
        try {
            LogRecord.Logged commit = history.commit(Revision.ofTick(tick)).orElse(NOTHING);
            return Revision.position(tick) < commit.replaces().size() ? commit.origin() : null;
        } catch (CompactedException | StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the author of tick " + tick + " is not known", e);
            return null;
        }
    }

    /** What was applied is in the log. */
    private void publish(int bytes) {
        if (tree.mutations().isEmpty()) {
            return;
        }
        logged.appended(presence.server);
        advance(bytes, true);
        trouble = null;
        isOut = false;
    }

    /** The tree has one more record. */
    private void advance(int bytes, boolean isOurs) {
        long before = recent.newest();
        number++;
        recent.add(tree.mutations());
        tree.markDurable();
        history.added(number, tree.newest() > before ? tree.newest() : 0);
        unsettled = false;
        snapshots.added(tree.newest() - before, bytes, isOurs, this::contents);
    }

    /** The watch tells of a record, most often of one that is known. */
    private void recorded(long at, byte[] record) {
        if (at <= number) {
            return;
        }
        try {
            if (at == number + 1) {
                replay(log.record(at, record));
            } else {
                catchUp();
            }
        } catch (EtcdFailure e) {
            out(e.getMessage());
        }
    }

    private void overtaken(List<KeyValue> records) {
        try {
            log.records(records).forEach(this::replay);
            if (records.isEmpty() || records.size() == LogReader.MANY) {
                catchUp();
            }
        } catch (EtcdFailure e) {
            out(e.getMessage());
        }
    }

    /** Applies all records that are not in the tree yet. */
    private void catchUp() {
        try {
            // Whether there is none or it was dropped shows in the head.
            Appender.Appended head = lookOrSettle();
            while (head instanceof Appender.Appended.Overtaken(List<KeyValue> records)) {
                if (records.isEmpty()) {
                    throw LogReader.missing(number + 1);
                }
                log.records(records).forEach(this::replay);
                head = lookOrSettle();
            }
            if (head instanceof Appender.Appended.Failed failed) {
                failed(failed);
            } else {
                isOut = false;
                trouble = null;
            }
        } catch (EtcdFailure e) {
            out(e.getMessage());
        }
    }

    /** Whether there are more records. If one may yet come that was sent long ago, its place is taken. */
    private Appender.Appended lookOrSettle() {
        Appender.Appended head = appender.look(number);
        if (unsettled && head instanceof Appender.Appended.Done) {
            head = appender.fence(number);
            if (head instanceof Appender.Appended.Done(int bytes)) {
                advance(bytes, true);
            }
        }
        return head;
    }

    /** Applies what another server has appended. */
    private void replay(LogReader.Numbered next) {
        if (next.number() <= number) {
            return;
        }
        if (next.number() != number + 1) {
            throw LogReader.missing(number + 1);
        }
        logged.replay(next.record());
        advance(next.bytes(), false);
    }

    private void failed(Appender.Appended.Failed failed) {
        unsettled |= failed.outcome() instanceof CommitOutcome.Unknown;
        String reason = reason(failed.outcome());
        if (failed.isOut()) {
            out(reason);
        } else if (failed.isFull()) {
            trouble = "etcd has no space left (compact and defragment it, or raise its quota, then disarm its alarm)";
        }
    }

    /** etcd does not answer: asks again soon. */
    private void out(@Nullable String reason) {
        if (!isOut) {
            LOG.log(System.Logger.Level.WARNING, "etcd does not answer: {0}", reason);
        }
        isOut = true;
        trouble = "etcd does not answer, so nothing can be written (expected: a majority of its members)";
        if (!isAsking) {
            isAsking = true;
            soon(new EtcdTask.CatchUp());
        }
    }

    private void soon(EtcdTask task) {
        var _ = timer.schedule(() -> queue.put(task), TRY_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void fail(EtcdTask task, CommitOutcome failure) {
        switch (task) {
            case EtcdTask.Apply apply -> apply.answer().complete(failure);
            case EtcdTask.GrantLease grant ->
                grant.answer().completeExceptionally(new StoreException("no lease was granted: " + reason(failure)));
            case EtcdTask.EndLease end -> {
                end.answer().complete(false);
                timers.notEnded(end.lease(), TRY_AGAIN);
            }
            case EtcdTask.TakeLease take -> take.answer().complete(false);
            case EtcdTask.TakeOver again -> soon(again);
            case EtcdTask.Read read -> read.answer().complete(contents());
            case EtcdTask.ReadOrigin read -> read.answer().complete(origin(read.tick()));
            case EtcdTask.Recorded _, EtcdTask.CatchUp _ -> throw new IllegalStateException(task.toString());
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
}
