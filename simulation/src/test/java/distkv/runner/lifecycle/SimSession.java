package distkv.runner.lifecycle;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.lifecycle.Lifecycle.Load;
import distkv.schema.group.Member;

/** The session of a simulated runner: it is renewed every third of its time to live, and replaced when it is lost. */
final class SimSession {
    static final double TTL = 3;
    static final double MARGIN = 0.6;
    /** How often the load is published at most. */
    private static final double PUBLISH = 5;

    private final Sim sim;
    private final SimNode node;
    private long lease;
    private double deadline;
    /** The same by the clock that goes on while its machine sleeps. */
    private double bootDeadline;

    private boolean renewing;
    private Load published = new Load(0, 0);
    private double publishedAt;

    SimSession(SimNode node) {
        this.sim = node.sim;
        this.node = node;
    }

    /** Begins anew, in a new life of the runner. */
    void open() {
        lease = 0;
        deadline = Double.NEGATIVE_INFINITY;
        bootDeadline = Double.NEGATIVE_INFINITY;
        renewing = false;
        published = new Load(0, 0);
        publishedAt = Double.NEGATIVE_INFINITY;
        keepRenewing(node.life());
    }

    long lease() {
        return lease;
    }

    /** How long it certainly lives. */
    double left() {
        return Math.min(deadline - node.monotonic(), bootDeadline - sim.now);
    }

    private void keepRenewing(int life) {
        if (life == node.life()) {
            renew();
            sim.after(TTL / 3, () -> keepRenewing(life));
        }
    }

    /** Renews it, or opens one. */
    void renew() {
        if (node.isCutOff() || node.isPaused() || node.isSuspended() || renewing) {
            return;
        }
        renewing = true;
        int life = node.life();
        double sent = node.monotonic();
        double sentAt = sim.now;
        // A request that is under way when the machine is suspended arrives all the same.
        sim.after(sim.between(0.0002, 0.02), () -> {
            if (life != node.life()) {
                return;
            }
            if (node.isCutOff()) {
                renewing = false;
                return;
            }
            long renewed = arrive();
            sim.after(sim.between(0.0002, 0.02), node.connected(() -> {
                renewing = false;
                lease = renewed;
                deadline = Math.max(deadline, sent + TTL);
                bootDeadline = Math.max(bootDeadline, sentAt + TTL);
                node.workers.deadline(sentAt + TTL - MARGIN / 4);
                node.turn();
            }));
        });
    }

    private long arrive() {
        if (lease != 0 && sim.store.renew(lease, sim.now + TTL)) {
            return lease;
        }
        long granted = sim.store.grant(sim.now + TTL);
        announce(granted);
        return granted;
    }

    private void announce(long session) {
        Member me = new Member(
                node.name, "any", node.life(), 0, published.total(), published.pinned(), 1, node.labels, null);
        Path path = Sim.PRESENCE.child(node.group.name).child(node.name).child("any");
        sim.store.commit(Commit.of(new Write(path, me.encode(), Expectation.anything(), session)));
    }

    /** Publishes the load, if it is news and not too soon. */
    void publish(Load load) {
        if (!load.equals(published) && sim.now >= publishedAt + PUBLISH && !node.isCutOff() && lease != 0) {
            published = load;
            publishedAt = sim.now;
            announce(lease);
        }
    }
}
