package distkv.cli.ops;

import distkv.cli.context.JobScope;
import distkv.client.Client;
import distkv.client.ConflictException;
import distkv.client.Session;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.schema.Prefixes;
import distkv.schema.code.CodeEdit;
import distkv.schema.code.Mode;
import distkv.schema.group.Member;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobEdit;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Plays the other nodes of a group, which claim most of many jobs, while a runner of that group records what it does often:
 * at its next start that is compiled before the first of many jobs is due, not while all of them are.
 */
final class TrainGroup {
    private static final int NODES = 8;
    private static final int JOBS = 2_000;
    private static final int TOGETHER = 250;
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final Path NAME = Path.of("train", "group");
    private static final String STAYING = """
            await _self.setup_done()
            async for msg in _info:
                pass
            """;

    private final Client client;
    private final long end;
    private final Path states = Kind.ANY
            .states(Prefixes.DEFAULT.states(), JobScope.DEFAULT_GROUP, "")
            .append(NAME);
    private final Path claims = Kind.ANY
            .states(Prefixes.DEFAULT.claims(), JobScope.DEFAULT_GROUP, "")
            .append(NAME);
    private final Path jobs = Kind.ANY
            .entries(Prefixes.DEFAULT.runs(), JobScope.DEFAULT_GROUP, "")
            .append(NAME);

    /** @param end when to give up, by {@link System#nanoTime} */
    TrainGroup(Client client, long end) {
        this.client = client;
        this.end = end;
    }

    void run() throws InterruptedException {
        CodeEdit code = CodeEdit.of(null);
        code.code(STAYING);
        code.mode(Mode.ASYNC);
        client.set(Prefixes.DEFAULT.codes().append(NAME), Values.encode(code.entry()));
        try (Session session = client.session(TTL)) {
            for (int i = 0; i < NODES; i++) {
                join(session, "train" + i);
            }
            JobEdit job = JobEdit.of(null);
            job.code(NAME);
            job.startAt(now());
            commit(i -> Write.set(jobs.child(i), Values.encode(job.entry()), Expectation.anything()));
            for (long i = 0; i < JOBS && System.nanoTime() < end; i++) {
                claim(session, i);
            }
            await(JOBS);
            commit(i -> Write.delete(jobs.child(i), Expectation.anything()));
        }
        await(0);
    }

    private void join(Session session, String node) throws InterruptedException {
        String kind = Kind.ANY.word();
        Member member = new Member(node, kind, 1, now(), 0, 0, 1, Set.of(), null);
        Path path = Prefixes.DEFAULT
                .presence()
                .child(JobScope.DEFAULT_GROUP)
                .child(node)
                .child(kind);
        session.set(path, member.encode(), Expectation.anything());
    }

    private interface JobWrite {
        Write of(long job);
    }

    private void commit(JobWrite write) throws InterruptedException {
        List<Write> writes = new ArrayList<>();
        for (long i = 0; i < JOBS; i++) {
            writes.add(write.of(i));
            if (writes.size() == TOGETHER || i == JOBS - 1) {
                client.commit(new Commit(writes, List.of()));
                writes = new ArrayList<>();
            }
        }
    }

    /** One of the nodes starts the job, which says that it is set up, unless the runner was faster. */
    private void claim(Session session, long job) throws InterruptedException {
        String node = "train" + job % NODES;
        StateEntry running = StateEntry.NEW.running(node, now(), 0);
        ClaimEntry claim = new ClaimEntry(node, running.started(), session.id());
        try {
            client.commit(new Commit(
                    List.of(
                            Write.set(claims.child(job), claim.encode(), Expectation.absent())
                                    .under(session.id()),
                            Write.set(states.child(job), running.encode(), Expectation.absent())),
                    List.of()));
            client.set(states.child(job), running.well(now()).encode());
        } catch (ConflictException e) {
            // The runner has it.
        }
    }

    private void await(int count) throws InterruptedException {
        while (System.nanoTime() < end && client.tree(states).size() != count) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static double now() {
        return System.currentTimeMillis() / 1e3;
    }
}
