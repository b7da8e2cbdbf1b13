package distkv.server.access;

import distkv.access.Principal;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.protocol.Request;
import distkv.server.tree.Replica;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The runs that a connection has logged in as: those that share a worker, and so act as the same. A run is over when its
 * claim is gone, and so are its rights.
 */
final class ConnectionRuns {
    /** With more of them, those that are over are forgotten. */
    private static final int MANY = 64;

    private final Replica replica;
    private final List<LoggedIn> runs = new CopyOnWriteArrayList<>();

    private static final class LoggedIn {
        final Principal.OfRun run;
        final long lease;
        volatile Guard claim;

        LoggedIn(Principal.OfRun run, long lease, Guard claim) {
            this.run = run;
            this.lease = lease;
            this.claim = claim;
        }
    }

    ConnectionRuns(Replica replica) {
        this.replica = replica;
    }

    void clear() {
        runs.clear();
    }

    boolean areOver() {
        return runs.stream().noneMatch(this::isAlive);
    }

    /** Adds a run. Returns the one that it cannot share the connection with; {@code null} if it was added. */
    Principal.@Nullable OfRun add(Principal.OfRun run, Guard claim, long lease) {
        for (LoggedIn other : runs) {
            if (!other.run.actsLike(run) && isAlive(other)) {
                return other.run;
            }
        }
        runs.removeIf(other -> !other.run.actsLike(run) || other.claim.equals(claim));
        if (runs.size() >= MANY) {
            runs.removeIf(other -> !isAlive(other));
        }
        runs.add(new LoggedIn(run, lease, claim));
        return null;
    }

    private boolean isAlive(LoggedIn each) {
        Guard claim = each.claim;
        Entry there = replica.snapshot().get(claim.path());
        if (there != null && there.tick() == claim.tick()) {
            return true;
        }
        if (!claim.standby()) {
            return false;
        }
        // Once it has taken over, the same session has the claim itself. Its token for that may be on its way.
        Path main = claim.path().parent();
        Entry taken = replica.snapshot().get(main);
        if (taken == null || taken.lease() != each.lease || taken.tick() < claim.tick()) {
            return false;
        }
        each.claim = new Guard(main, taken.tick());
        return true;
    }

    /** The run whose claim is among these guards; {@code null} if there is none. */
    Principal.@Nullable OfRun guarding(List<Guard> guards, Path root) {
        for (Guard guard : guards) {
            Path path = root.append(guard.path());
            for (LoggedIn each : runs) {
                if (each.claim.tick() == guard.tick() && each.claim.path().equals(path)) {
                    return each.run;
                }
            }
        }
        return null;
    }

    /** Who makes a request: the run whose claim guards it, or any of them. */
    Principal.OfRun author(Request request, Path root, Principal.OfRun any) {
        List<Guard> guards = guards(request);
        Principal.OfRun found = guards == null ? null : guarding(guards, root);
        return found == null ? any : found;
    }

    /** Whether this is the claim of one of them. */
    boolean haveClaim(Path path) {
        return runs.stream().anyMatch(each -> each.claim.path().equals(path));
    }

    /** The guards of a request that writes entries; {@code null} if it writes none. */
    static @Nullable List<Guard> guards(Request request) {
        return switch (request) {
            case Request.SetValue set -> set.conditions().guards();
            case Request.DeleteValue delete -> delete.conditions().guards();
            case Request.DeleteTree delete -> delete.guards();
            case Request.CommitAll commit -> commit.guards();
            case Request.Again again -> guards(again.write());
            default -> null;
        };
    }
}
