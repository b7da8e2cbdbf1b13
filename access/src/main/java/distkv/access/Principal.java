package distkv.access;

import distkv.model.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who a client is. */
public sealed interface Principal {
    /** How it is named in messages, such as {@code anna} or {@code token backup}. */
    String label();

    /** Somebody who may do everything, known by other means than the tree: the user that the server runs as, or root. */
    record Owner(String label) implements Principal {}

    /** A user of the tree. */
    record OfUser(String name) implements Principal {
        @Override
        public String label() {
            return name;
        }
    }

    /** A user, by the token that {@code distkv login} has made, and no longer than that. */
    record OfLogIn(String name, String token) implements Principal {
        @Override
        public String label() {
            return name;
        }
    }

    /** A program with a token. */
    record OfToken(String id, String name) implements Principal {
        @Override
        public String label() {
            return "token " + name;
        }
    }

    /**
     * A run of a job.
     *
     * @param job what follows the prefix of jobs in the path of its entry
     * @param node where it runs
     * @param tick the write that made its claim: its fencing token
     * @param as whom it acts as, see {@link JobIdentity}
     * @param joined whether its node is no more than one that has joined: then it has no other rights than to read and
     *     write, since whoever has stolen the node could use those of every job
     */
    record OfRun(Path job, String node, long tick, @Nullable String as, boolean joined) implements Principal {
        @Override
        public String label() {
            return "run " + job.brief() + "@" + node + "#" + tick;
        }

        /** Whether another run may do the same. */
        public boolean actsLike(OfRun other) {
            return Objects.equals(as, other.as) && joined == other.joined;
        }
    }

    /** A node, with a certificate that this server's authority has given it. */
    record OfNode(String name) implements Principal {
        @Override
        public String label() {
            return "node " + name;
        }
    }
}
