package distkv.access;

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

    /** A node, with a certificate that this server's authority has given it. */
    record OfNode(String name) implements Principal {
        @Override
        public String label() {
            return "node " + name;
        }
    }
}
