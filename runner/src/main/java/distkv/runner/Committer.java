package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ConflictException;
import distkv.client.ServerConnectionException;
import distkv.client.UnknownOutcomeException;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.outbox.CommitDraft;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.outbox.Outbox.SharedNotes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes commits at the server, each on a virtual thread of its own; the results come as {@link Event.Committed}. How runs
 * ended waits here while the server is away.
 */
final class Committer {
    private static final Duration BREATH = Duration.ofMillis(20);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Client client;
    private final String node;
    private final Path errors;
    private final Events events;
    private final CommitDraft.Target server = new Server();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Committer(Client client, RunnerOptions options, Events events) {
        this.client = client;
        this.node = options.node();
        this.errors = options.prefixes().errors();
        this.events = events;
    }

    /** Makes a commit of its own for this request. */
    void make(CommitRequest request) {
        start("runner commit " + request.job(), () -> answer(request, made(request, false)));
    }

    /** Makes one commit for notes of different jobs. */
    void make(SharedNotes notes) {
        start("runner notes", () -> made(notes));
    }

    private void start(String name, Runnable what) {
        Thread thread = VitalThreads.virtual(name, () -> {
            what.run();
            threads.remove(Thread.currentThread());
        });
        threads.add(thread);
        thread.start();
    }

    /** Gives up what still waits for the server. */
    void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    private void answer(CommitRequest request, Result result) {
        events.put(new Event.Committed(new JobEvent.Committed(request, result)));
    }

    private void made(SharedNotes notes) {
        boolean lost = false;
        try {
            notes.attempt(server, this::answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // What is not an answer of the server leaves open what was made: each note finds out by itself.
            lost = !(e instanceof ClientException known) || isLost(known);
        }
        for (CommitRequest note : notes.open()) {
            answer(note, made(note, lost));
        }
    }

    private static boolean isLost(ClientException e) {
        return e instanceof UnknownOutcomeException
                || (e instanceof ServerConnectionException broken && broken.outcomeUnknown());
    }

    private Result made(CommitRequest request, boolean lost) {
        try {
            return attempt(request, lost);
        } catch (InterruptedException e) {
            return new Result.Failed("the runner is stopping");
        } catch (RuntimeException e) {
            return new Result.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Result attempt(CommitRequest request, boolean lost) throws InterruptedException {
        CommitDraft draft = new CommitDraft(
                server, new CommitDraft.Author(node, errors, System.currentTimeMillis() / 1e3), request);
        if (lost) {
            draft.lost();
        }
        while (true) {
            try {
                return draft.attempt();
            } catch (ServerConnectionException | UnknownOutcomeException e) {
                if (isLost(e)) {
                    draft.lost();
                }
                if (closed || !draft.isPatient()) {
                    return new Result.Failed(String.valueOf(e.getMessage()));
                }
                // A connection that has just broken may still look whole.
                Thread.sleep(BREATH);
                client.awaitConnected();
            } catch (ClientException e) {
                if (closed || !request.purpose().isPatient() || e.etype() != Etype.REFUSED) {
                    return new Result.Failed(String.valueOf(e.getMessage()));
                }
                // The disk is full, or the like: what became of a run is worth waiting for.
                Thread.sleep(PAUSE);
            }
        }
    }

    private final class Server implements CommitDraft.Target {
        @Override
        public List<Long> commit(Commit commit) throws Refusal, InterruptedException {
            try {
                return client.commit(commit);
            } catch (ConflictException e) {
                throw new Refusal(e.path());
            }
        }

        @Override
        public @Nullable Entry get(Path path) throws InterruptedException {
            return client.get(path);
        }

        @Override
        public long newRecord() throws InterruptedException {
            return client.newTock();
        }
    }
}
