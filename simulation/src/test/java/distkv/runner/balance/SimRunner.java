package distkv.runner.balance;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A runner of {@link GroupSim}: what its decision thread does about jobs for any node, and nothing else. */
final class SimRunner {
    /** How many claims and starts may be under way at once. */
    private static final int CLAIMS = 128;
    /** For how long changes of peers are collected, in seconds. */
    private static final double COLLECT = 0.1;

    final String name;
    final FairShare share;
    private final GroupSim sim;
    private final Rebalancer rebalancer;
    private final Pace pace = new Pace();
    private final @Nullable Stake[] stakes;
    /** How much of the log it has read; −1: nothing is read yet. */
    private int read = -1;

    private boolean arriving;
    private boolean alive = true;
    /** The claims that it has asked for, each with the holder that the log has told of since then. */
    private final Map<Integer, String> asking = new HashMap<>();

    private final BitSet asks = new BitSet();
    private final BitSet running = new BitSet();
    private final BitSet well = new BitSet();
    private final BitSet leaving = new BitSet();
    private int starting;
    /** Jobs that are due, and that nobody has: since when, and when to look again. */
    private int[] waiting = new int[16];

    private double[] since = new double[16];
    private double[] wakes = new double[16];
    private int waits;
    /** No bit set: to clear its last bit costs as much as it is long. */
    private final boolean[] listed;

    private double nextLook = Double.POSITIVE_INFINITY;
    private double wakeAt = Double.POSITIVE_INFINITY;

    SimRunner(GroupSim sim, String name) {
        this.sim = sim;
        this.name = name;
        this.share = new FairShare(name);
        this.rebalancer = new Rebalancer(share);
        this.stakes = new Stake[sim.jobs.length];
        this.listed = new boolean[sim.jobs.length];
    }

    void kill() {
        alive = false;
    }

    boolean runs(int job) {
        return running.get(job);
    }

    /** Reads all that there is, and decides from then on. */
    void open() {
        if (alive) {
            read = sim.log.size();
            sim.present().forEach(share::peer);
            rebalancer.peersChanged(sim.now);
            for (int job = 0; job < sim.jobs.length; job++) {
                if (sim.isDue(job)) {
                    changed(job);
                }
            }
            turn();
        }
    }

    /** There is something new in the log. */
    void arriving() {
        if (!arriving && read >= 0 && alive) {
            arriving = true;
            sim.after(sim.between(0.001, 0.02), () -> {
                arriving = false;
                read();
            });
        }
    }

    private void read() {
        if (!alive) {
            return;
        }
        boolean news = false;
        for (; read < sim.log.size(); read++) {
            GroupSim.Change change = sim.log.get(read);
            sim.count.changes++;
            if (change.node() == null) {
                changed(change.job());
            } else {
                news |= share.peer(change.node(), change.peer());
            }
        }
        if (news) {
            peersChanged();
        }
        turn();
    }

    private void peersChanged() {
        rebalancer.peersChanged(sim.now);
        if (share.hasOwnNews()) {
            running.stream()
                    .filter(job -> !share.mayRun(sim.labels(job)) && !leaving.get(job))
                    .forEach(this::leave);
        }
        for (int i = 0; i < waits; i++) {
            wakes[i] = Math.min(wakes[i], sim.now + COLLECT);
        }
        nextLook = Math.min(nextLook, sim.now + COLLECT);
    }

    private Stake stake(int job) {
        Stake stake = stakes[job];
        if (stake == null) {
            stake = share.stake(sim.jobs[job]);
            stakes[job] = stake;
        }
        return stake;
    }

    /** The log tells of the job; what it tells is what the store says by now. */
    private void changed(int job) {
        String holder = sim.holder(job);
        if (asks.get(job)) {
            asking.put(job, holder);
        } else {
            share.count(stake(job), holder, sim.labels(job), true);
            if (holder == null) {
                await(job, sim.now);
            }
        }
    }

    /** The job is due, and nobody has it: it is this node's turn, or it waits for that. */
    private void await(int job, double when) {
        double wake = when > sim.now ? when : lookAt(job, sim.now);
        if (wake < 0) {
            return;
        }
        int at = waits;
        if (listed[job]) {
            for (at = 0; waiting[at] != job; at++) {}
        } else {
            listed[job] = true;
            waits++;
        }
        if (waits > waiting.length) {
            waiting = Arrays.copyOf(waiting, 2 * waits);
            since = Arrays.copyOf(since, 2 * waits);
            wakes = Arrays.copyOf(wakes, 2 * waits);
        }
        waiting[at] = job;
        since[at] = sim.now;
        wakes[at] = wake;
        nextLook = Math.min(nextLook, wake);
    }

    /** Asks for the job if it is this node's turn, which is -1; else returns when to look again. */
    private double lookAt(int job, double from) {
        sim.count.looks++;
        Stake stake = stake(job);
        double since = rebalancer.turnsFrom(from, sim.now);
        double turn = since + share.delay(stake, sim.labels(job), "", pace.step(sim.now));
        if (sim.now < turn) {
            return Pace.lookAgain(since, turn, sim.now);
        }
        if (asking.size() + starting >= CLAIMS) {
            return sim.now + 0.02;
        }
        ask(job, stake);
        return -1;
    }

    /** Does what is due. */
    private void turn() {
        if (!alive) {
            return;
        }
        double next = Math.min(look(), move());
        if (next < Double.POSITIVE_INFINITY && (next < wakeAt || wakeAt <= sim.now)) {
            double at = Math.max(next, sim.now + 0.001);
            wakeAt = at;
            sim.after(at - sim.now, () -> {
                if (wakeAt == at) {
                    turn();
                }
            });
        }
    }

    /** Looks at the jobs that wait for their turn; returns when to look again. */
    private double look() {
        if (sim.now < nextLook) {
            return nextLook;
        }
        nextLook = Double.POSITIVE_INFINITY;
        int left = 0;
        for (int i = 0; i < waits; i++) {
            int job = waiting[i];
            double wake = !stake(job).isFree() ? -1 : wakes[i] > sim.now ? wakes[i] : lookAt(job, since[i]);
            if (wake < 0) {
                listed[job] = false;
                continue;
            }
            waiting[left] = job;
            since[left] = since[i];
            wakes[left] = wake;
            left++;
            nextLook = Math.min(nextLook, wake);
        }
        waits = left;
        if (left == 0 && waiting.length > 1024) {
            waiting = new int[16];
            since = new double[16];
            wakes = new double[16];
        }
        return nextLook;
    }

    private void ask(int job, Stake stake) {
        asking.put(job, "");
        asks.set(job);
        share.count(stake, name, sim.labels(job), true);
        double asked = sim.now;
        sim.after(sim.between(0.001, 0.005), () -> {
            boolean granted = alive && sim.claim(job, name);
            sim.after(sim.between(0.001, 0.005), () -> answered(job, granted, asked));
        });
    }

    private void answered(int job, boolean granted, double asked) {
        if (!alive) {
            return;
        }
        pace.answered(asked, sim.now);
        String told = asking.remove(job);
        asks.clear(job);
        if (granted) {
            running.set(job);
            starting++;
            sim.after(sim.between(0.02, 0.05), () -> {
                starting--;
                well.set(job);
                if (alive && !share.mayRun(sim.labels(job)) && !leaving.get(job)) {
                    leave(job);
                }
                turn();
            });
        } else {
            share.count(stake(job), told == null || told.isEmpty() ? null : told, sim.labels(job), true);
            if (told == null || told.isEmpty()) {
                await(job, sim.now + 0.25);
            }
        }
        turn();
    }

    /** Gives runs away if there are too many here; returns when to look again. */
    private double move() {
        if (read < 0) {
            return Double.POSITIVE_INFINITY;
        }
        Rebalancer.Moves moves = rebalancer.moves(sim.now, leaving::cardinality);
        if (moves.count() > 0) {
            List<Integer> candidates = running.stream()
                    .filter(job -> well.get(job) && !leaving.get(job) && share.isWantedElsewhere(sim.labels(job)))
                    .boxed()
                    .sorted(Comparator.comparingDouble(job -> share.score(stake(job))))
                    .limit(moves.count())
                    .toList();
            sim.count.moves += candidates.size();
            candidates.forEach(this::leave);
        }
        return moves.next();
    }

    private void leave(int job) {
        leaving.set(job);
        sim.after(sim.between(0.05, 0.3), () -> {
            if (alive) {
                running.clear(job);
                well.clear(job);
                leaving.clear(job);
                sim.release(job, name);
                turn();
            }
        });
    }
}
