package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ConflictException;
import distkv.client.ServerConnectionException;
import distkv.client.UnknownOutcomeException;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.runner.lifecycle.CommitRequest;
import distkv.runner.lifecycle.CommitResult;
import distkv.runner.lifecycle.JobEvent;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorWrites;
import distkv.schema.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the commits that are wanted for jobs, each on a virtual thread of its own: those of one job one after another,
 * those of different jobs side by side. It is also the outbox: how runs ended waits here while the server is away.
 */
final class Committer {
    /** How many messages of running jobs may wait. A full outbox drops further ones, and says so. */
    private static final int OUTBOX = 1_000;

    private static final Duration BREATH = Duration.ofMillis(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 8;

    private final Client client;
    private final String node;
    private final Path errors;
    private final Events events;

    /** How many commits of a job are under way, and the last of them. */
    private record Line(int length, Thread last) {}

    /** Used by the decision thread only, as is {@link #telling}. */
    private final Map<JobId, Line> lines = new HashMap<>();

    private int telling;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Committer(Client client, RunnerOptions options, Events events) {
        this.client = client;
        this.node = options.node();
        this.errors = options.prefixes().errors();
        this.events = events;
    }

    /** Commits; the answer comes as {@link Event.Committed}. Returns false if the outbox is full. */
    boolean commit(CommitRequest request) {
        boolean tell = request.purpose() == CommitRequest.Purpose.TELL;
        if (tell && telling >= OUTBOX) {
            return false;
        }
        telling += tell ? 1 : 0;
        Line before = lines.get(request.job());
        Thread thread = Thread.ofVirtual()
                .name("runner commit " + request.job())
                .unstarted(() -> run(request, before == null ? null : before.last()));
        lines.put(request.job(), new Line(before == null ? 1 : before.length() + 1, thread));
        threads.add(thread);
        thread.start();
        return true;
    }

    private void run(CommitRequest request, @Nullable Thread before) {
        CommitResult result;
        try {
            if (before != null) {
                before.join();
            }
            result = attempt(request);
        } catch (InterruptedException e) {
            result = new CommitResult.Failed("the runner is stopping");
        } catch (RuntimeException e) {
            result = new CommitResult.Failed(String.valueOf(e.getMessage()));
        }
        threads.remove(Thread.currentThread());
        events.put(new Event.Committed(new JobEvent.Committed(request, result)));
    }

    /** A result has arrived on the decision thread. */
    void answered(CommitRequest request) {
        telling -= request.purpose() == CommitRequest.Purpose.TELL ? 1 : 0;
        lines.computeIfPresent(
                request.job(), (job, line) -> line.length() == 1 ? null : new Line(line.length() - 1, line.last()));
    }

    /** Gives up what still waits for the server. */
    void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    private CommitResult attempt(CommitRequest request) throws InterruptedException {
        boolean patient = request.purpose().isPatient();
        Draft draft = new Draft(request, System.currentTimeMillis() / 1e3);
        while (true) {
            try {
                return draft.commit();
            } catch (ServerConnectionException | UnknownOutcomeException e) {
                draft.perhapsMade |= !(e instanceof ServerConnectionException lost) || lost.outcomeUnknown();
                if (closed || !(patient || draft.perhapsMade)) {
                    return new CommitResult.Failed(String.valueOf(e.getMessage()));
                }
                // A connection that has just broken may still look whole.
                Thread.sleep(BREATH);
                client.awaitConnected();
            } catch (ClientException e) {
                if (closed || !patient || e.etype() != Etype.REFUSED) {
                    return new CommitResult.Failed(String.valueOf(e.getMessage()));
                }
                // The disk is full, or the like: what became of a run is worth waiting for.
                Thread.sleep(PAUSE);
            }
        }
    }

    /** One commit until it is made, or cannot be. */
    private final class Draft {
        private final CommitRequest request;
        private final double now;
        private final List<@Nullable ErrorRecord> known = new ArrayList<>();
        private List<Write> writes;
        private List<Guard> guards;
        private boolean otherwise;
        /** An attempt may have succeeded without our knowing. */
        private boolean perhapsMade;

        Draft(CommitRequest request, double now) {
            this.request = request;
            this.now = now;
            this.writes = request.writes();
            this.guards = request.guards();
            request.news().forEach(news -> known.add(news.known()));
        }

        CommitResult commit() throws InterruptedException {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (perhapsMade) {
                    CommitResult made = made();
                    if (made != null) {
                        return made;
                    }
                    perhapsMade = false;
                }
                List<Write> all = new ArrayList<>(writes);
                all.addAll(reports());
                if (all.isEmpty()) {
                    return new CommitResult.Done(List.of());
                }
                try {
                    return answer(client.commit(new Commit(all, guards)));
                } catch (ConflictException e) {
                    if (!reread(e.path()) && !fallBack()) {
                        return new CommitResult.Conflict();
                    }
                }
            }
            return new CommitResult.Conflict();
        }

        private List<Write> reports() throws InterruptedException {
            List<Write> all = new ArrayList<>();
            for (int i = 0; i < known.size(); i++) {
                ErrorRecord record = known.get(i);
                Path fresh = record == null ? errors.child(node).child(client.newTock()) : record.record();
                all.addAll(ErrorWrites.of(request.news().get(i).report(), record, fresh, node, request.tock(), now));
            }
            return all;
        }

        /** If it was an error record that has changed: takes in what is there now. */
        private boolean reread(@Nullable Path path) throws InterruptedException {
            for (int i = 0; i < known.size(); i++) {
                ErrorRecord record = known.get(i);
                if (record != null && record.record().equals(path)) {
                    Entry entry = client.get(record.record());
                    known.set(i, entry == null ? null : ErrorRecord.read(entry));
                    return true;
                }
            }
            return false;
        }

        /** If the claim is gone: writes what is to be written instead. Returns false if there is no such thing. */
        private boolean fallBack() throws InterruptedException {
            CommitRequest.Fallback fallback = request.fallback();
            Write write = fallback == null ? null : fallback.over(client.get(fallback.path()));
            if (write == null) {
                return false;
            }
            otherwise = true;
            writes = List.of(write);
            guards = List.of();
            return true;
        }

        private CommitResult answer(List<Long> ticks) {
            return otherwise
                    ? new CommitResult.FellBack(ticks.getFirst())
                    : new CommitResult.Done(ticks.subList(0, writes.size()));
        }

        /** After an attempt of unknown outcome: the answer if it was made after all. */
        private @Nullable CommitResult made() throws InterruptedException {
            if (writes.isEmpty()) {
                return null;
            }
            Write first = writes.getFirst();
            Entry entry = client.get(first.path());
            if (first.value() == null || entry == null || !first.value().equals(entry.value())) {
                return null;
            }
            List<Long> ticks = new ArrayList<>();
            for (int i = 0; i < writes.size(); i++) {
                // The writes of one commit have ticks in a row.
                ticks.add(entry.tick() + i);
            }
            return answer(ticks);
        }
    }
}
