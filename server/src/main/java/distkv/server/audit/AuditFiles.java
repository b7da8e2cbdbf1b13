package distkv.server.audit;

import distkv.access.audit.AuditLine;
import distkv.access.audit.AuditReader;
import distkv.model.process.VitalThreads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The audit log in the files of a directory, one JSON object a line. The thread {@code distkv-audit} writes them. If it
 * cannot, for example on a full disk, the server goes on; how many events were lost is logged, and recorded as soon as
 * that is possible again.
 */
public final class AuditFiles implements AuditLog, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AuditFiles.class.getName());
    private static final long MAX_BYTES = 8 << 20;
    private static final int FILES = 8;
    private static final int CAPACITY = 4_096;
    private static final long PAUSE_MILLIS = 1_000;

    /** How much is written at once, about. */
    static final int CHUNK = 64 << 10;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private record Queued(Instant time, AuditEvent event) {}

    /** Wakes the writer when it is closing. */
    private static final Queued WAKE =
            new Queued(Instant.EPOCH, new AuditEvent(AuditEvent.AuditAction.LOG, "", "", "", "closing"));

    private final RotatedFile file;
    private final Clock clock;
    private final EventLimit limit;
    private final BlockingQueue<Queued> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;

    // Used by the writer only.
    private boolean isBroken;

    AuditFiles(RotatedFile file, Clock clock, LongSupplier nanoTime) {
        this.file = file;
        this.clock = clock;
        this.limit = new EventLimit(nanoTime);
        this.thread = VitalThreads.platform("distkv-audit", this::run);
        thread.start();
    }

    /** The log in a data directory: {@value #FILES} files of 8 MiB at most. */
    public static AuditFiles open(Path data) {
        RotatedFile file =
                new RotatedFile(data.resolve(AuditReader.DIRECTORY).resolve(AuditReader.FILE), MAX_BYTES, FILES);
        return new AuditFiles(file, Clock.systemUTC(), System::nanoTime);
    }

    @Override
    public void record(AuditEvent event) {
        if (limit.admits(event) && !queue.offer(new Queued(clock.instant(), event))) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        List<Queued> taken = new ArrayList<>();
        while (true) {
            boolean last = closing;
            taken.clear();
            Queued first = next(last ? 0 : PAUSE_MILLIS);
            if (first != null) {
                taken.add(first);
                queue.drainTo(taken, CAPACITY);
                taken.remove(WAKE);
            }
            List<AuditEvent> held = limit.summary(last);
            if (held != null) {
                held.forEach(event -> taken.add(new Queued(clock.instant(), event)));
            }
            if (!taken.isEmpty()) {
                write(taken);
            } else if (last) {
                file.close();
                return;
            }
        }
    }

    private @Nullable Queued next(long millis) {
        try {
            return queue.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void write(List<Queued> entries) {
        long missing = lost.getAndSet(0);
        StringBuilder lines = new StringBuilder();
        if (missing > 0) {
            String gap = missing + " events before this one were lost";
            lines.append(line(clock.instant(), new AuditEvent(AuditEvent.AuditAction.LOG, "", "", "", gap)));
        }
        int waiting = 0;
        int written = 0;
        try {
            for (Queued entry : entries) {
                lines.append(line(entry.time(), entry.event()));
                waiting++;
                if (lines.length() > CHUNK || written + waiting == entries.size()) {
                    file.append(lines.toString().getBytes(StandardCharsets.UTF_8));
                    lines.setLength(0);
                    written += waiting;
                    waiting = 0;
                    missing = 0;
                }
            }
            if (isBroken) {
                isBroken = false;
                LOG.log(System.Logger.Level.INFO, "the audit log is written again");
            }
        } catch (IOException e) {
            lost.addAndGet(missing + entries.size() - written);
            if (!isBroken) {
                isBroken = true;
                LOG.log(
                        System.Logger.Level.ERROR,
                        "the audit log cannot be written, and events are lost: {0} (expected: space, and a directory that"
                                + " this user can write)",
                        e.toString());
            }
        }
    }

    private static String line(Instant time, AuditEvent event) {
        AuditLine line = new AuditLine(
                TIME.format(time), event.action().word(), event.who(), event.from(), event.path(), event.result());
        return line.toJson() + "\n";
    }

    /** Writes what is there. */
    @Override
    public void close() {
        closing = true;
        // If there is no place for this, the writer is awake.
        var _ = queue.offer(WAKE);
        VitalThreads.join(thread);
    }
}
