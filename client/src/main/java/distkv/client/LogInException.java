package distkv.client;

import distkv.protocol.Etype;
import distkv.protocol.Reply;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server wants a log-in that this client cannot make, or has refused the one that it has made. Unlike a lost
 * connection, this is final: the client does not try again.
 */
public final class LogInException extends ClientException {
    private static final long serialVersionUID = 1;
    /** How servers of the original, and ours, refuse a password. */
    private static final Pattern ORIGINAL = Pattern.compile("\\w+Error\\('([^']*)', '[^']*'\\)");

    private LogInException(Etype etype, String message) {
        super(etype, message);
    }

    /** There is nothing to log in with, or no more than a certificate that logs nobody in. */
    static LogInException needed(ClientOptions options) {
        String what = options.tls().certificate() == null
                ? " wants a log-in (expected: a token, or a user with a password)"
                : " does not know this client's certificate, or has revoked it (expected: that of a node)";
        return new LogInException(Etype.ACCESS, options.address() + what);
    }

    static LogInException refused(ClientOptions options, String who, Reply.Failed refusal) {
        Matcher original = ORIGINAL.matcher(refusal.text());
        String reason = original.matches() ? original.group(1) : refusal.text();
        return new LogInException(refusal.etype(), options.address() + " refuses the log-in as " + who + ": " + reason);
    }
}
