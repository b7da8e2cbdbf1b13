package distkv.server.net;

import distkv.protocol.Reply;
import distkv.protocol.Request;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one connection. Called by the connection's reader only. */
public interface RequestHandler {
    /** Returns the greeting. Called once, before anything is read. */
    Reply.Greeting open();

    /** Whether somebody has logged in, or nobody has to. */
    boolean isLoggedIn();

    /** Whether a request can be answered without waiting, so that the {@link EventLoop} may answer it. */
    boolean isImmediate(Request request);

    /** Answers a request; may wait unless the request {@linkplain #isImmediate is immediate}. */
    void handle(Request request);

    /** Says, at any time, why the client may not have the stream that answers this request; {@code null} if it may. */
    Supplier<@Nullable String> denial(Request request);

    /** Called once, after the last request: waits until all of them are settled, and lets go of what the client held. */
    void close();
}
