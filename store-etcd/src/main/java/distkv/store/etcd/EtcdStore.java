package distkv.store.etcd;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.model.process.VitalThreads;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.TreeContents;
import distkv.store.engine.LeaseClock;
import distkv.store.engine.LeaseTimers;
import distkv.store.engine.Mutation;
import distkv.store.engine.PathSort;
import distkv.store.engine.RecentChanges;
import distkv.store.engine.TaskQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store of one of the servers that share a tree through etcd. The log of all commits is there; each server applies it to
 * the tree in its memory, and appends to it (see {@link EtcdWriter}).
 */
public final class EtcdStore implements Store {
    private static final int RECENT_BATCHES = 4096;
    private static final long RECENT_BYTES = 16L << 20;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final String treeName;
    private final EtcdClient client;
    private final LeaseClock clock;
    private final TaskQueue<EtcdTask> queue = new TaskQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("distkv-etcd-timer").factory());
    private final RecentChanges recent;
    private final LeaseTimers timers;
    private final Leases leases;
    private final History history;
    private final ServerPresence presence;
    private final Snapshots snapshots;
    private final EtcdWatch watch;
    private final EtcdWriter work;
    private final Thread writer;
    private volatile boolean closed;

    private EtcdStore(
            EtcdClient client,
            Keys keys,
            EtcdOptions options,
            ServerPresence presence,
            LeaseClock clock,
            String treeName)
            throws EtcdFailure {
        this.client = client;
        this.treeName = treeName;
        this.presence = presence;
        this.clock = clock;
        this.timers = new LeaseTimers(clock, this::expire);
        this.leases = new Leases(timers, presence.server);
        OpenedTree opened = OpenedTree.read(client, keys, treeName, leases);
        this.history = opened.history();
        this.recent = new RecentChanges(opened.tree().state.newest(), RECENT_BATCHES, RECENT_BYTES);
        this.snapshots = new Snapshots(client, keys, history, presence.server, options, opened.snapshots());
        LogReader log = new LogReader(client, keys);
        Appender appender = new Appender(client, keys, log, presence.server, options.patience());
        this.work = new EtcdWriter(queue, opened, recent, leases, timers, log, appender, presence, snapshots, timer);
        this.watch = new EtcdWatch(client, keys, presence, snapshots, queue, timer, opened.at() + 1);
        this.writer = VitalThreads.platform("distkv-store", work);
        opened.servers().forEach(presence::came);
        queue.put(new EtcdTask.TakeOver());
    }

    private void start() {
        presence.start();
        snapshots.start();
        writer.start();
        watch.open();
    }

    /**
     * Opens the tree at an address, which is created if there is none. An etcd that does not answer yet is waited for as
     * long as the options' patience lasts.
     *
     * @throws StoreException if it cannot be used; the message says why and what to do
     */
    public static EtcdStore open(EtcdOptions options) {
        long end = System.nanoTime() + options.patience().toNanos();
        EtcdClient client = new EtcdClient(options.address(), Duration.ofSeconds(2));
        try {
            while (true) {
                try {
                    return open(client, options);
                } catch (EtcdFailure e) {
                    if (e.kind() != EtcdFailure.Meaning.UNREACHABLE || System.nanoTime() > end) {
                        throw OpenedTree.explain(options.address(), e);
                    }
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            }
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private static EtcdStore open(EtcdClient client, EtcdOptions options) throws EtcdFailure {
        Keys keys = new Keys(options.address().prefix());
        String name = OpenedTree.check(client, keys, options);
        ServerPresence presence = new ServerPresence(client, keys, options.presence());
        LeaseClock clock = options.clock().get();
        try {
            EtcdStore store = new EtcdStore(client, keys, options, presence, clock, name);
            store.start();
            return store;
        } catch (EtcdFailure | RuntimeException e) {
            clock.close();
            throw e;
        }
    }

    @Override
    public String treeName() {
        return treeName;
    }

    @Override
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        CompletableFuture<CommitOutcome> answer = new CompletableFuture<>();
        if (!queue.put(new EtcdTask.Apply(commit, answer))) {
            answer.complete(new CommitOutcome.Refused("the store is closed"));
        }
        return answer;
    }

    @Override
    public boolean isFull() {
        return queue.isFull();
    }

    @Override
    public String trouble() {
        String trouble = work.trouble();
        return trouble == null ? "" : trouble;
    }

    @Override
    public TreeContents load() {
        LogSnapshot.Contents contents = submit(new CompletableFuture<>(), EtcdTask.Read::new);
        return PathSort.contents(contents.revision(), contents.entries());
    }

    @Override
    public TreeContents load(long revision) throws CompactedException {
        recent.checkExists(revision);
        history.check(revision);
        Entry[] entries = history.at(revision);
        return PathSort.contents(revision, entries);
    }

    @Override
    public ChangeFeed follow(long after) throws CompactedException {
        recent.checkExists(after);
        history.check(after);
        return recent.follow(after, last -> closed ? List.of() : history.batches(last));
    }

    @Override
    public Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        if (work.isUnsettled()) {
            throw new StoreException("it is not known yet what etcd has of the last writes");
        }
        long newest = recent.newest();
        recent.checkExists(after);
        history.check(after);
        return history.writtenBy(writers, after, newest);
    }

    @Override
    public CommitOutcome.Committed committed(long revision) throws CompactedException {
        recent.checkExists(revision);
        history.check(revision - 1);
        Mutation.Changed changed = recent.find(revision);
        return changed != null
                ? new CommitOutcome.Committed(revision, changed.previous())
                : history.committed(revision);
    }

    @Override
    public @Nullable Origin origin(long tick) {
        Mutation.Changed changed = recent.find(Revision.ofTick(tick));
        if (changed != null) {
            return Revision.position(tick) < changed.batch().changes().size() ? changed.origin() : null;
        }
        CompletableFuture<@Nullable Origin> answer = new CompletableFuture<>();
        return queue.put(new EtcdTask.ReadOrigin(tick, answer)) ? answer.join() : null;
    }

    @Override
    public long grant(Duration ttl) {
        LeaseTimers.check(ttl);
        return submit(
                new CompletableFuture<Long>(),
                answer -> new EtcdTask.GrantLease(Duration.ofMillis(ttl.toMillis()), answer));
    }

    @Override
    public boolean renew(long lease) {
        if (!presence.isLive()) {
            // Another server may be letting it expire.
            return false;
        }
        if (leases.find(lease) == null || leases.isHere(lease)) {
            return timers.renew(lease);
        }
        return submit(new CompletableFuture<Boolean>(), answer -> new EtcdTask.TakeLease(lease, answer))
                && timers.renew(lease);
    }

    @Override
    public void revoke(long lease) {
        submit(new CompletableFuture<Boolean>(), answer -> new EtcdTask.EndLease(lease, true, answer));
    }

    private void expire(long lease) {
        queue.put(new EtcdTask.EndLease(lease, false, new CompletableFuture<>()));
    }

    private <T> T submit(CompletableFuture<T> answer, Function<CompletableFuture<T>, EtcdTask> task) {
        if (!queue.put(task.apply(answer))) {
            throw new StoreException("the store is closed");
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException refused ? refused : e;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        clock.close();
        queue.close();
        VitalThreads.join(writer);
        watch.close();
        timer.shutdownNow();
        snapshots.close();
        recent.close();
        presence.close();
        client.close();
    }
}
