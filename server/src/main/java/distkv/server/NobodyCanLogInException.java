package distkv.server;

import java.io.IOException;

/** The server would listen where everybody must log in, and nobody could. */
public final class NobodyCanLogInException extends IOException {
    private static final long serialVersionUID = 1;

    NobodyCanLogInException(String host, int port) {
        super("cannot listen on " + host + ", port " + port
                + ": nobody could log in (expected: a user with a password, a token, or a node)");
    }
}
