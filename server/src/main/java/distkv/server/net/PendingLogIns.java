package distkv.server.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections on which nobody has logged in. When there are too many, the oldest one goes of whoever has the most of
 * them, so nobody can keep others from logging in. All addresses of an IPv6 network (/64) count as one.
 */
final class PendingLogIns {
    private static final int NETWORK_BYTES = 8;

    private final LogInLimits limits;
    private final RefusalLog log;

    /** Oldest first; guarded by this object, like what follows. */
    private final Set<Pending> all = new LinkedHashSet<>();

    private final Map<Object, Integer> counts = new HashMap<>();

    PendingLogIns(LogInLimits limits, RefusalLog log) {
        this.limits = limits;
        this.log = log;
    }

    /** One of them. */
    final class Pending {
        private final PeerIdentity peer;
        private final Object origin;
        private final long since = System.nanoTime();
        private boolean isConnection;
        private @Nullable Consumer<String> end;
        private @Nullable String ended;

        private Pending(PeerIdentity peer) {
            this.peer = peer;
            this.origin = origin(peer);
        }

        /** It is a handshake, which ends by itself in time; this ends it before. */
        void handshake(Consumer<String> newEnd) {
            endBy(newEnd, false);
        }

        /** It is a connection; this ends it. */
        void connection(Consumer<String> newEnd) {
            endBy(newEnd, true);
        }

        private void endBy(Consumer<String> newEnd, boolean connection) {
            String reason;
            synchronized (PendingLogIns.this) {
                end = newEnd;
                isConnection = connection;
                reason = ended;
            }
            if (reason != null) {
                newEnd.accept(reason);
            }
        }

        /** Somebody has logged in, or it is gone. */
        void done() {
            remove(this);
        }

        private void end(String reason) {
            log.failed(peer, reason);
            Consumer<String> how;
            synchronized (PendingLogIns.this) {
                ended = reason;
                how = end;
            }
            if (how != null) {
                how.accept(reason);
            }
        }
    }

    /** Counts a new one. */
    Pending admit(PeerIdentity peer) {
        Pending pending = new Pending(peer);
        Pending victim;
        synchronized (this) {
            all.add(pending);
            counts.merge(pending.origin, 1, Integer::sum);
            victim = all.size() > limits.connections() ? victim() : null;
        }
        if (victim != null) {
            remove(victim);
            victim.end("more than " + limits.connections()
                    + " connections without a log-in (expected: at most that; this is the oldest of those from here)");
        }
        return pending;
    }

    private @Nullable Pending victim() {
        int most = counts.values().stream().max(Integer::compare).orElse(0);
        return all.stream()
                .filter(pending -> counts.getOrDefault(pending.origin, 0) == most)
                .findFirst()
                .orElse(null);
    }

    private synchronized void remove(Pending pending) {
        if (all.remove(pending)) {
            counts.computeIfPresent(pending.origin, (origin, count) -> count == 1 ? null : count - 1);
        }
    }

    /** Ends those that have taken too long. */
    void checkTime() {
        List<Pending> late = new ArrayList<>();
        long now = System.nanoTime();
        synchronized (this) {
            for (Pending pending : all) {
                if (pending.isConnection
                        && now - pending.since > limits.timeout().toNanos()) {
                    late.add(pending);
                }
            }
        }
        for (Pending pending : late) {
            remove(pending);
            pending.end("no log-in within " + limits.timeout().toMillis() / 1e3 + " s (expected: auth)");
        }
    }

    /** Where connections come from that share what there is. */
    private static Object origin(PeerIdentity peer) {
        return switch (peer) {
            case PeerIdentity.Local(var user) -> user;
            case PeerIdentity.Tcp(InetSocketAddress from) -> network(from.getAddress());
            case PeerIdentity.Tls(InetSocketAddress from, var _) -> network(from.getAddress());
        };
    }

    private static Object network(InetAddress address) {
        return address instanceof Inet6Address ? ByteBuffer.wrap(address.getAddress(), 0, NETWORK_BYTES) : address;
    }
}
