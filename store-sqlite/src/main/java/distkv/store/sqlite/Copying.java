package distkv.store.sqlite;

import distkv.model.Epochs;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import distkv.store.Replication;
import distkv.store.StoreException;
import distkv.store.engine.RecentChanges;
import distkv.store.engine.TaskQueue;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a store tells its copies, and takes as a copy. One thread appends; any may ask. */
final class Copying implements Replication {
    /** Below {@code meta}, what a new copy takes over as it is. */
    private static final List<String> INHERITED =
            List.of("tree", "created", FileFormat.EPOCHS, FileFormat.SECRET, "compacted", "walked");

    private final Path file;
    private final TaskQueue<WriterTask> queue;
    private final RecentChanges recent;
    private final Compaction compaction;
    private final StoreWriter work;
    private final Epochs epochs;
    private final String secret;
    private final Map<String, String> facts = new ConcurrentHashMap<>();
    /** That of this process and file. */
    private final String opened = Long.toHexString(new SecureRandom().nextLong());

    /** The changes of commits that are incomplete. */
    private List<CopyBatch.Row> incomplete = new ArrayList<>();

    Copying(StoreFile store, TaskQueue<WriterTask> queue, RecentChanges recent, Compaction compaction, StoreWriter work)
            throws SQLException {
        this.file = store.file();
        this.queue = queue;
        this.recent = recent;
        this.compaction = compaction;
        this.work = work;
        this.epochs = Epochs.parse(FileFormat.text(store.writer(), FileFormat.EPOCHS));
        this.secret = FileFormat.text(store.writer(), FileFormat.SECRET);
        for (String name : List.of(FORMER, MAIN, SUPERSEDED)) {
            String value = FileFormat.textOrNull(store.writer(), name);
            facts.put(name, value == null ? "" : value);
        }
    }

    @Override
    public Epochs epochs() {
        return epochs;
    }

    @Override
    public String seal() {
        return epochs.seal(secret);
    }

    @Override
    public @Nullable Epochs unseal(String seal) {
        return Epochs.unseal(seal, secret);
    }

    @Override
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    @Override
    public void note(String name, String value) {
        if (fact(name).equals(value)) {
            return;
        }
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        if (!queue.put(new WriterTask.Note(name, value, answer))) {
            throw new StoreException("the store is closed");
        }
        try {
            answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException refused ? refused : e;
        }
        facts.put(name, value);
    }

    @Override
    public CopyFeed feed(long after, String resume, long tick) throws CompactedException {
        if (after >= 0) {
            recent.checkExists(after);
            if (after < compaction.reached()) {
                throw new CompactedException(after, compaction.reached());
            }
        }
        boolean isFull = after < 0;
        try (Connection connection = Database.reader(file)) {
            CopyFeed.Start start = new CopyFeed.Start(isFull, Map.of(), "");
            String state = opened + "-" + compaction.drops();
            if (isFull) {
                Map<String, String> inherited = new ConcurrentHashMap<>();
                for (String name : INHERITED) {
                    inherited.put(name, FileFormat.text(connection, name));
                }
                start = new CopyFeed.Start(true, inherited, state);
            }
            long from = isFull && resume.equals(state) ? tick : -1;
            CopyReader reader = new CopyReader(file, recent, compaction, work::leaseChanges, start, after, from);
            if (isFull && !state.equals(opened + "-" + compaction.drops())) {
                reader.close();
                return feed(after, resume, tick);
            }
            return reader;
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
    }

    @Override
    public CompletableFuture<Long> append(CopyBatch batch) {
        incomplete.addAll(batch.rows());
        List<List<CopyBatch.Row>> commits = new ArrayList<>();
        int done = 0;
        for (int at = 1; at <= incomplete.size(); at++) {
            long revision = incomplete.get(at - 1).entry().revision();
            boolean isLast =
                    at == incomplete.size() || incomplete.get(at).entry().revision() != revision;
            if (isLast && revision <= batch.upTo()) {
                commits.add(List.copyOf(incomplete.subList(done, at)));
                done = at;
            }
        }
        incomplete = new ArrayList<>(incomplete.subList(done, incomplete.size()));
        CompletableFuture<Long> answer = new CompletableFuture<>();
        if (!queue.put(new WriterTask.Append(batch, commits, answer))) {
            answer.completeExceptionally(new StoreException("the store is closed"));
        }
        return answer;
    }

    /** Forgets changes of commits that were not complete when the feed broke off. */
    @Override
    public void feedBroken() {
        incomplete.clear();
    }
}
