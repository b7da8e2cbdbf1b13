package distkv.cli.context;

import distkv.client.Client;
import distkv.model.Commit;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes many entries in order, in large commits, none of which has a path twice. */
public final class BatchWriter {
    private static final int MAX_BYTES = 1 << 20;

    private final Client client;
    private final List<Write> writes = new ArrayList<>();
    private final Set<Path> paths = new HashSet<>();
    private @Nullable Origin origin;
    private int bytes;
    private long done;

    public BatchWriter(Client client) {
        this.client = client;
    }

    public void add(Write write) throws InterruptedException {
        add(write, null);
    }

    /** Adds a write of somebody else's, which only an owner may do; {@code null}: one of this client's. */
    public void add(Write write, @Nullable Origin by) throws InterruptedException {
        int size = write.path().key().length
                + (write.value() == null ? 0 : write.value().size());
        boolean full = writes.size() == Revision.MAX_WRITES || bytes + size > MAX_BYTES;
        if (!writes.isEmpty() && (full || paths.contains(write.path()) || !Objects.equals(by, origin))) {
            commit();
        }
        origin = by;
        writes.add(write);
        paths.add(write.path());
        bytes += size;
    }

    /** Commits the rest; returns the number of all writes. */
    public long finish() throws InterruptedException {
        if (!writes.isEmpty()) {
            commit();
        }
        return done;
    }

    private void commit() throws InterruptedException {
        client.commit(new Commit(writes, List.of()).from(origin));
        done += writes.size();
        writes.clear();
        paths.clear();
        bytes = 0;
    }
}
