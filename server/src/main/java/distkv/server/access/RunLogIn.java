package distkv.server.access;

import distkv.access.JobIdentity;
import distkv.access.Principal;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.token.RunToken;
import distkv.protocol.token.SessionKey;
import distkv.schema.BadEntry;
import distkv.schema.Prefixes;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobAddress;
import distkv.schema.job.JobId;
import distkv.server.session.SessionRecords;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the tokens that runs log in with. */
final class RunLogIn {
    /** For a token that was never valid as for one of a run that is over: it tells nobody which claims there are. */
    private static final String OVER =
            "run: it is over, or this is no run's token (expected: the token of a run that has" + " its claim)";

    /** The most characters of a node's name in the name of a run. */
    private static final int MOST_NODE = 100;

    private final Replica replica;
    private final SessionRecords sessions;
    private final Prefixes prefixes;

    /**
     * What comes of a log-in.
     *
     * @param run {@code null}: refused
     * @param claim what all its writes must be guarded by
     * @param lease that the claim is bound to
     * @param refusal {@code null}: none
     */
    record Checked(
            Principal.@Nullable OfRun run,
            Guard claim,
            long lease,
            @Nullable String refusal) {
        private static Checked refused(String why) {
            return new Checked(null, new Guard(Path.ROOT, 0), 0, why);
        }
    }

    RunLogIn(Replica replica, SessionRecords sessions, Prefixes prefixes) {
        this.replica = replica;
        this.sessions = sessions;
        this.prefixes = prefixes;
    }

    /** @param token {@code null}: what was presented is none */
    Checked check(@Nullable RunToken token) {
        Snapshot now = replica.snapshot();
        Entry claim = token == null || !isOurs(token) ? null : claim(token, now);
        SessionKey key = claim == null ? null : sessions.key(claim.lease());
        if (token == null || claim == null || key == null || !token.isSignedBy(key)) {
            return Checked.refused(OVER);
        }
        Path job = job(claim.path());
        if (job == null) {
            return Checked.refused(OVER);
        }
        Entry entry = now.get(prefixes.runs().append(job));
        if (entry == null || entry.value() == null) {
            return Checked.refused("run: the job " + job.brief() + " is gone (expected: its entry)");
        }
        String changed = changed(token, entry.value());
        if (changed != null) {
            return Checked.refused("run of " + job.brief() + ": " + changed);
        }
        ClaimEntry holder = ClaimEntry.read(claim.value());
        Principal.OfRun run = new Principal.OfRun(
                job,
                holder == null ? "" : cut(holder.node()),
                claim.tick(),
                token.as(),
                sessions.node(claim.lease()) != null);
        return new Checked(run, Guard.of(claim.path(), claim.tick()), claim.lease(), null);
    }

    /** Whether a token is of a runner with other prefixes than this server's, which knows nothing of such runs. */
    boolean isForeign(RunToken token) {
        return !isOurs(token);
    }

    private boolean isOurs(RunToken token) {
        return token.claim().startsWith(prefixes.claims());
    }

    private static String cut(String node) {
        return node.length() <= MOST_NODE ? node : node.substring(0, MOST_NODE - 1) + "…";
    }

    /** The claim that a token is for, or the one that has taken its place if that was on standby. */
    private static @Nullable Entry claim(RunToken token, Snapshot now) {
        Entry there = now.get(token.claim());
        if (there != null && there.tick() == token.tick()) {
            return there;
        }
        Entry taken = Guard.of(token.claim(), token.tick()).standby()
                ? now.get(token.claim().parent())
                : null;
        return taken != null && taken.tick() > token.tick() ? taken : null;
    }

    /** The path, below the prefix of jobs, of the job that has this claim; {@code null} if there can be none. */
    private @Nullable Path job(Path claim) {
        Path below = claim.below(prefixes.claims());
        JobAddress job = JobAddress.ofState(JobId.isStandby(below) ? below.parent() : below);
        return job == null ? null : job.entry(Path.ROOT);
    }

    /** Why a run must not act as it was to when it began; {@code null} if the job still acts so. */
    private static @Nullable String changed(RunToken token, Value entry) {
        try {
            String as = JobIdentity.read(entry);
            return Objects.equals(as, token.as())
                    ? null
                    : "the job acts as " + (as == null ? "the owner" : as) + " now (expected: "
                            + (token.as() == null ? "the owner" : token.as()) + ")";
        } catch (BadEntry e) {
            return e.getMessage();
        }
    }
}
