package distkv.code.call;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ConflictException;
import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Write;
import distkv.schema.error.ErrorIndex;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.error.ErrorWrites;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records in the error tree which stored code does not compile. */
final class CompileErrors implements AutoCloseable {
    /** How often a record is read again that somebody else has changed meanwhile. */
    private static final int ATTEMPTS = 5;

    private final Client client;
    private final Path prefix;
    private final Mirror mirror;
    /** Guarded by itself. */
    private final ErrorIndex index;

    CompileErrors(Client client, Path prefix) {
        this.client = client;
        this.prefix = prefix;
        index = new ErrorIndex(prefix);
        mirror = client.mirror(prefix);
        mirror.listen((before, now) -> put(now));
    }

    private void put(Entry entry) {
        synchronized (index) {
            index.apply(entry);
        }
    }

    private @Nullable ErrorRecord find(Path about) {
        synchronized (index) {
            return index.find(ErrorReport.COMPILE, about);
        }
    }

    private boolean isOpen(Path about) {
        synchronized (index) {
            return index.open(ErrorReport.COMPILE, about);
        }
    }

    private boolean isSaid(ErrorReport.Failed failed) {
        synchronized (index) {
            return index.says(failed);
        }
    }

    /** Records that the code at this path does not compile, or resolves what was recorded of it. */
    void note(Path about, @Nullable CompileException why) throws InterruptedException {
        try {
            if (why == null) {
                // Most often nothing is recorded of code that compiles, and a call need not wait for the server.
                if (isOpen(about)) {
                    report(new ErrorReport.Well(ErrorReport.COMPILE, about, null, Map.of()));
                }
                return;
            }
            mirror.awaitInitial();
            // Some may have arrived before the mirror had its listener.
            mirror.entries().values().forEach(this::put);
            String name = CompileException.class.getSimpleName();
            ErrorReport.Failed failed = new ErrorReport.Failed(
                    ErrorReport.COMPILE,
                    about,
                    0,
                    "Does not compile: " + why.getMessage(),
                    name + "('" + why.getMessage() + "')",
                    why.getMessage(),
                    name,
                    null,
                    null,
                    Map.of());
            if (!isSaid(failed)) {
                report(failed);
            }
        } catch (ClientException e) {
            // The caller gets the error in any case.
            System.getLogger(CompileErrors.class.getName()).log(System.Logger.Level.WARNING, "not recorded", e);
        }
    }

    private void report(ErrorReport report) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            ErrorRecord known = find(report.path());
            long tock = client.newTock();
            Path fresh = prefix.child(client.name()).child(tock);
            double now = System.currentTimeMillis() / 1e3;
            List<Write> writes = ErrorWrites.of(report, known, fresh, client.name(), tock, now);
            if (writes.isEmpty()) {
                return;
            }
            try {
                List<Long> ticks = client.commit(new Commit(writes, List.of()));
                // Known from now on, even before the mirror has it.
                Write record = writes.getFirst();
                put(new Entry(record.path(), record.value(), ticks.getFirst(), 0));
                return;
            } catch (ConflictException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Path at = writes.getFirst().path();
                Entry there = client.get(at);
                put(there == null ? new Entry(at, null, Long.MAX_VALUE, 0) : there);
            }
        }
    }

    @Override
    public void close() {
        mirror.close();
    }
}
