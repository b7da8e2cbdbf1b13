/**
 * The network side of a server: sockets, event loops, and connections that turn bytes into requests and replies into
 * bytes.
 *
 * <p>Threads: {@code distkv-loop} (one per {@link EventLoop}) reads and writes as long as nothing has to be waited for. A
 * connection with TLS begins with a handshake on its loop, with {@code distkv-handshake} for what takes long. A
 * connection moves to a virtual thread {@code distkv-reader} or {@code distkv-writer} when something does. At any time one
 * thread, the connection's <em>reader</em>, takes requests in, and one, its <em>writer</em>, sends what comes later; each
 * holds a {@link SerialGate}. What a request does is up to the {@link RequestHandler}.
 */
@NullMarked
package distkv.server.net;

import org.jspecify.annotations.NullMarked;
