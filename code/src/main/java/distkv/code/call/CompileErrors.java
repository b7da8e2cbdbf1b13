package distkv.code.call;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ConflictException;
import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Write;
import distkv.schema.error.ErrorIndex;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.error.ErrorWrites;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Records in the error tree which stored code does not compile, as runners and Python clients do. */
final class CompileErrors implements AutoCloseable {
    /** How often a record is read again that somebody else has changed meanwhile. */
    private static final int ATTEMPTS = 5;

    private final Client client;
    private final Path prefix;
    private final Mirror mirror;
    /** Guarded by this object's monitor. */
    private final ErrorIndex index;

    CompileErrors(Client client, Path prefix) {
        this.client = client;
        this.prefix = prefix;
        index = new ErrorIndex(prefix);
        mirror = client.mirror(prefix);
        mirror.listen((before, now) -> put(now));
    }

    private synchronized void put(Entry entry) {
        var _ = index.apply(entry);
    }

    private synchronized @Nullable ErrorRecord find(Path about) {
        return index.find(ErrorReport.COMPILE, about);
    }

    /** Records that the code at this path does not compile; {@code why} is {@code null}: resolves what was recorded. */
    void note(Path about, @Nullable CompileException why) throws InterruptedException {
        try {
            if (why != null) {
                mirror.awaitInitial();
                // Some may have arrived before the mirror had its listener.
                mirror.entries().values().forEach(this::put);
                report(failed(about, why));
            } else if (find(about) != null) {
                report(new ErrorReport.Well(ErrorReport.COMPILE, about, null, Map.of()));
            }
        } catch (ClientException e) {
            // The caller gets the error in any case.
            System.getLogger(CompileErrors.class.getName()).log(System.Logger.Level.WARNING, "not recorded", e);
        }
    }

    private static ErrorReport.Failed failed(Path about, CompileException why) {
        String text = String.valueOf(why.getMessage());
        return new ErrorReport.Failed(
                ErrorReport.COMPILE,
                about,
                0,
                "Does not compile: " + text,
                "CompileException('" + text + "')",
                text,
                null,
                Map.of());
    }

    private void report(ErrorReport report) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                write(report);
                return;
            } catch (ConflictException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Makes one attempt, which is a {@link ConflictException} if somebody else has changed the record meanwhile. */
    private void write(ErrorReport report) throws InterruptedException {
        ErrorRecord known = current(find(report.path()));
        long tock = client.newTock();
        Path fresh = prefix.append(Path.of(client.name(), tock));
        double now = System.currentTimeMillis() / 1e3;
        List<Write> writes = ErrorWrites.of(report, known, fresh, client.name(), tock, now);
        for (Write write : isRecorded(report, known) ? writes.subList(1, writes.size()) : writes) {
            Entry written = new Entry(write.path(), write.value(), set(write), 0);
            put(written);
        }
    }

    private long set(Write write) throws InterruptedException {
        return client.set(write.path(), Objects.requireNonNull(write.value()), write.expectation());
    }

    private @Nullable ErrorRecord current(@Nullable ErrorRecord indexed) throws InterruptedException {
        Entry entry = indexed == null ? null : client.get(indexed.record());
        return entry == null ? null : ErrorRecord.read(entry);
    }

    /** Whether the record says the same already, so that only this client's own entry below it is news. */
    private static boolean isRecorded(ErrorReport report, @Nullable ErrorRecord known) {
        return report instanceof ErrorReport.Failed failed
                && known != null
                && !known.resolved()
                && Objects.equals(failed.message(), known.fields().get("message"));
    }

    @Override
    public void close() {
        mirror.close();
    }
}
