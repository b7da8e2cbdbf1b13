package distkv.runner;

import distkv.client.Client;
import distkv.client.Session;
import distkv.model.Path;
import distkv.runner.group.ForeignRunners;
import distkv.runner.group.GroupState;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.runner.lifecycle.Lifecycle.Load;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Pool;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The session of this runner, its place in the group, and the state of the group. Used by the decision thread. */
final class RunnerSession {
    /** The last part of a lease's life, in which runs are ended, in seconds: a fifth of it, within these limits. */
    private static final double SHORTEST_MARGIN = 0.06;

    private static final double LONGEST_MARGIN = 0.6;
    /** How often this runner's load is published at most, in seconds. */
    private static final double PUBLISH = 5;
    /** And if it accepts other jobs than before. */
    private static final double PUBLISH_REFUSALS = 0.2;

    private final Client client;
    private final RunnerOptions options;
    private final Feeds feeds;
    private final Presence presence;
    private final ChangeRouter changes;
    final ForeignRunners foreignRunners;
    private @Nullable Session session;
    private boolean synchronised;
    private boolean replaced;
    private final BootClock boot = new BootClock();
    private final Term term = new Term();
    private Lease lease = Lease.NONE;
    private Session.@Nullable Witness vouched;
    private Load published = new Load(0, 0);
    private Map<Path, String> refused = Map.of();
    private double publishedAt = Double.NEGATIVE_INFINITY;
    private volatile GroupState state = new GroupState(GroupState.Level.BROKEN, 0, 0);

    RunnerSession(Client client, RunnerOptions options, Feeds feeds, Presence presence, ChangeRouter changes) {
        this.client = client;
        this.options = options;
        this.feeds = feeds;
        this.presence = presence;
        this.changes = changes;
        this.foreignRunners = new ForeignRunners(options.group());
    }

    void opened(Session newSession) {
        session = newSession;
    }

    /** What a run logs in with; {@code null} if there is no session. */
    @Nullable
    String token(Launch launch) {
        return session == null ? null : session.runToken(launch.claim(), launch.as());
    }

    /** The state of the group, for any thread. */
    GroupState state() {
        return state;
    }

    /** Whether something may be begun: this runner is settled, and no other kind of runner serves the group. */
    boolean open(double now) {
        return isSettled() && !foreignRunners.arePresent(now) && now < lease.last();
    }

    /** Whether everything is read, the server answers, and there is a session. */
    boolean isSettled() {
        synchronised |= feeds.areCurrent();
        return feeds.areCurrent() && client.isConnected() && alive();
    }

    private boolean alive() {
        return session != null && !session.isLost() && left(session, boot.now()) > 0;
    }

    private double left(Session of, double now) {
        return term.left(of.remaining().toNanos() / 1e9, now);
    }

    /** How long the claims certainly live; also tells the workers' parent, which sees to it by itself, and vouches for it. */
    Lease lease(double now, Pool pool) {
        if (session == null) {
            return Lease.NONE;
        }
        Session.Witness witness = session.witness();
        if (witness != null && !witness.equals(vouched)) {
            vouched = witness;
            pool.vouch(witness);
        }
        double booted = boot.now();
        double margin = Math.clamp(options.ttl().toNanos() / 5e9, SHORTEST_MARGIN, LONGEST_MARGIN);
        double remaining = session.remaining().toNanos() / 1e9;
        if (term.renewed(session.deadline(), remaining, booted) && !Double.isNaN(term.until())) {
            // Early enough for a parent that is slow to be woken, or is just forking, to be in time all the same.
            pool.deadline(term.until() - margin / 4);
        }
        lease = new Lease(session.id(), now + left(session, booted), margin);
        return lease;
    }

    /** Works out the state of the group; returns it if it has changed. */
    @Nullable
    GroupState changed(double now, Consumer<String> trouble) {
        String heard = foreignRunners.news(now);
        if (heard != null) {
            trouble.accept(heard);
        }
        boolean isReplaced = presence.isReplaced(changes.membership);
        if (isReplaced && !replaced) {
            trouble.accept("another runner calls itself " + options.node() + " in the group " + options.group()
                    + " (expected: a name for each)");
        }
        replaced = isReplaced;
        GroupState current = GroupState.of(new GroupState.Facts(
                synchronised,
                client.isConnected(),
                session != null && !alive(),
                foreignRunners.arePresent(now),
                presence.isSeen(changes.membership),
                changes.membership.count(),
                changes.wanted()));
        if (current.equals(state)) {
            return null;
        }
        state = current;
        return current;
    }

    /**
     * Publishes what is news about this runner; returns when to call again at the latest.
     *
     * @param refuses the jobs that it does not accept, which others are to know soon: the same map as before is no news
     */
    double publish(double now, Load load, Map<Path, String> refuses) {
        boolean missing = synchronised && !replaced && alive() && !presence.isSeen(changes.membership);
        boolean refusesOther = !refuses.equals(refused);
        if (load.equals(published) && !missing && !refusesOther) {
            return Double.POSITIVE_INFINITY;
        }
        double earliest = publishedAt + (refusesOther ? PUBLISH_REFUSALS : PUBLISH);
        if (now < earliest) {
            return earliest;
        }
        publishedAt = now;
        published = load;
        refused = refuses;
        presence.publish(load, refuses);
        return missing ? now + PUBLISH : Double.POSITIVE_INFINITY;
    }
}
