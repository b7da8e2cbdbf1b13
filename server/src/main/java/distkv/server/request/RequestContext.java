package distkv.server.request;

import distkv.model.Commit;
import distkv.model.Guard;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Write;
import distkv.model.WriteId;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.access.CodeRequests;
import distkv.server.access.ConnectionAccess;
import distkv.server.access.LogIns;
import distkv.server.net.Connection;
import distkv.server.session.ConnectionSession;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the requests of one connection share. */
final class RequestContext {
    private final ServerContext server;
    private final Connection connection;
    private final ConnectionSession session;
    private final ConnectionAccess access;
    private final LogIns logIns;
    private final CodeRequests codes;
    private final InFlightWrites inFlight;
    private final long writer;
    private Path root = Path.ROOT;

    RequestContext(ServerContext server, Connection connection) {
        this.server = server;
        this.connection = connection;
        this.access = new ConnectionAccess(server.access(), connection.peer(), new ConnectionAccess.Listener() {
            @Override
            public void rightsChanged() {
                connection.recheckStreams();
            }

            @Override
            public void loggedOut(String reason) {
                connection.dismiss(reason);
            }
        });
        this.session = new ConnectionSession(
                server.sessions(),
                access::node,
                access::holder,
                server.access()::isNode,
                () -> access().origin(List.of(), 0));
        this.logIns = new LogIns(server.access(), access, connection.peer());
        this.codes = new CodeRequests(server.access(), access, connection.peer());
        this.inFlight = new InFlightWrites(connection.memory(), connection.output()::flush);
        this.writer = server.writers().newNumber();
    }

    ServerContext server() {
        return server;
    }

    Connection connection() {
        return connection;
    }

    ConnectionSession session() {
        return session;
    }

    /** Who the client is, and what it may do. */
    ConnectionAccess access() {
        return access;
    }

    LogIns logIns() {
        return logIns;
    }

    CodeRequests codes() {
        return codes;
    }

    /** The writes that are not answered yet. */
    InFlightWrites inFlight() {
        return inFlight;
    }

    /** The path that the client sees as the root. */
    Path root() {
        return root;
    }

    void root(Path newRoot) {
        root = newRoot;
    }

    /** The number that identifies the writes of this connection. */
    long writer() {
        return writer;
    }

    /** The id of the commit that a request asks for; {@code null} if the client does not number its requests. */
    @Nullable
    WriteId id(Seq seq) {
        return seq instanceof Seq.Int(long number) && number > 0 ? new WriteId(writer, number) : null;
    }

    /** The commit of a request, made by this client because of the change {@code cause}, see {@link Origin}. */
    Commit commit(Seq seq, List<Write> writes, List<Guard> guards, long cause) {
        return new Commit(writes, guards, id(seq), access.origin(guards, cause));
    }

    /** The newest tock. */
    long tock() {
        return connection.tock();
    }

    /** Sends a reply that is ready. */
    void write(Reply reply) {
        connection.output().write(reply);
    }

    /** Refuses the current request, see {@link Connection#fail}. */
    void fail(Reply.Failed error) {
        connection.fail(error);
    }
}
