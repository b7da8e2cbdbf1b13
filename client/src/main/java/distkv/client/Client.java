package distkv.client;

import distkv.model.Commit;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.ChainCondition;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WriteConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server, for any number of threads. Calls block until the reply arrives; calls of different threads
 * share one connection and do not wait for each other. An interrupted call throws, and its reply is discarded.
 *
 * <p>When the connection breaks, pending calls continue on the next one: each request is carried out once, even if its
 * reply was lost. Calls that get no reply within {@link ClientOptions#callTimeout} fail with {@link
 * ServerConnectionException}. While there is no connection, sending a message, reading a tree, and all new calls fail
 * with it at once. The {@link Session} is attached to the new connection; {@link Watch}es, {@link Mirror}s and {@link
 * Monitor}s continue where they were.
 */
public final class Client implements AutoCloseable {
    /** Is told when the client connects and disconnects, on the thread that reconnects; it must not block. */
    public interface ConnectionListener {
        default void connected() {}

        default void disconnected(String reason) {}

        /** The server has refused the client's log-in: there will be no connection any more, and all calls throw this. */
        default void refused(LogInException why) {}
    }

    private final Connector connector;
    /** Guards every write; {@code null}: writes are not guarded. */
    private final @Nullable Fence fence;

    private Client(Connector connector, @Nullable Fence fence) {
        this.connector = connector;
        this.fence = fence;
    }

    /**
     * Connects and logs in. Tries only once, so that a wrong address is noticed.
     *
     * @throws ServerConnectionException if there is no connection
     * @throws LogInException if the server refuses the log-in, or wants one and there are no credentials
     */
    public static Client connect(ClientOptions options) throws InterruptedException {
        return new Client(Connector.connect(options), null);
    }

    /**
     * Starts to connect, and keeps trying until there is a connection. Waits until the first attempt has succeeded or
     * failed, but no longer than the timeout.
     */
    public static Client begin(ClientOptions options, Duration timeout) throws InterruptedException {
        return new Client(Connector.begin(options, null, timeout), null);
    }

    /** As {@link #begin(ClientOptions, Duration)}, for the client of runs, which logs in with their tokens. */
    public static Client begin(ClientOptions options, RunTokens runs, Duration timeout) throws InterruptedException {
        return new Client(Connector.begin(options, runs, timeout), null);
    }

    /** Guards all writes of a {@link Client#fenced} client. Must be thread-safe. */
    public interface Fence {
        /** The guards of the next write; may be empty. */
        List<Guard> guards();

        /** The tick of the change that leads to the next write of this thread; 0 if there is none. */
        default long cause() {
            return 0;
        }

        /**
         * Returns the exception for the caller of a write that the server has refused because of a guard: one of these, or
         * another. These may have changed since the write was sent.
         */
        RuntimeException refused(ConflictException why);
    }

    /** A server that does not know yet who asks. */
    public interface Stranger {
        /** Sends a request and waits for its only reply, which may be a failure. */
        Reply ask(Function<Seq, Request> request) throws InterruptedException;

        /** How the server has greeted. */
        Reply.Greeting greeting();
    }

    /** What is to be asked before a log-in. */
    public interface Conversation<T extends @Nullable Object> {
        T with(Stranger server) throws InterruptedException;
    }

    /**
     * Connects without a log-in, for what a server permits before one.
     *
     * @throws ServerConnectionException if there is no connection
     */
    public static <T extends @Nullable Object> T asNobody(ClientOptions options, Conversation<T> conversation)
            throws InterruptedException {
        ServerConnection connection = ServerConnection.openAsNobody(options);
        try {
            return conversation.with(new Stranger() {
                @Override
                public Reply ask(Function<Seq, Request> request) throws InterruptedException {
                    return connection.answer(request);
                }

                @Override
                public Reply.Greeting greeting() {
                    return connection.greeting();
                }
            });
        } finally {
            connection.close("all is asked");
        }
    }

    /**
     * The same client with all its writes guarded. It has no session and makes no raw writes, and closing it has no
     * effect.
     */
    public Client fenced(Fence by) {
        return new Client(connector, by);
    }

    /**
     * Sends a request that is answered by a stream, of which each item is acknowledged by the caller. It ends with the
     * connection.
     *
     * @throws ServerConnectionException if there is no connection
     */
    public StreamReader stream(Function<Seq, Request> request) throws InterruptedException {
        return StreamReader.openManually(connector.connection(), request);
    }

    /** The entry at a path; {@code null}: there is none. */
    public @Nullable Entry get(Path path) throws InterruptedException {
        AuthoredEntry found = get(path, false);
        return found == null ? null : found.entry();
    }

    /** The entry at a path, and who wrote it; {@code null}: there is none. */
    public @Nullable AuthoredEntry getWithAuthor(Path path) throws InterruptedException {
        return get(path, true);
    }

    private @Nullable AuthoredEntry get(Path path, boolean by) throws InterruptedException {
        return switch (call(false, seq -> new Request.GetValue(seq, path, false, false, by))) {
            case Reply.Got got
            when got.value() != null -> new AuthoredEntry(new Entry(path, got.value(), got.tock(), 0), got.origin());
            case Reply.Got _, Reply.Done _ -> null;
            case Reply reply -> throw unexpected(reply);
        };
    }

    /** Writes a value unconditionally. Returns the write's tick. */
    public long set(Path path, Value value) throws InterruptedException {
        return set(path, value, Expectation.anything());
    }

    /** Writes a value if the entry is as expected and the guards hold. Returns the write's tick. */
    public long set(Path path, Value value, Expectation expectation, Guard... guards) throws InterruptedException {
        WriteConditions conditions = conditions(expectation, guards);
        long cause = cause();
        return write(() ->
                changed(seq -> new Request.SetValue(seq, path, false, value, conditions, false, false, false, cause)));
    }

    /** Deletes an entry unconditionally. Returns the write's tick. */
    public long delete(Path path) throws InterruptedException {
        return delete(path, Expectation.anything());
    }

    /** Deletes an entry if it is as expected and the guards hold. Returns the write's tick. */
    public long delete(Path path, Expectation expectation, Guard... guards) throws InterruptedException {
        WriteConditions conditions = conditions(expectation, guards);
        long cause = cause();
        return write(() -> changed(seq -> new Request.DeleteValue(seq, path, false, conditions, false, cause)));
    }

    /** Deletes a subtree. Returns the number of deleted entries. */
    public long deleteTree(Path path, Guard... guards) throws InterruptedException {
        List<Guard> all = guards(List.of(guards));
        long cause = cause();
        return write(() -> switch (request(true, seq -> new Request.DeleteTree(seq, path, all, false, cause))) {
            case Reply.Count count -> count.changed();
            case Reply reply -> throw unexpected(reply);
        });
    }

    /** The entries of a subtree, parents first. */
    public List<Entry> tree(Path path) throws InterruptedException {
        return tree(path, Depths.ALL);
    }

    /** The entries of a subtree at these depths, parents first; siblings are sorted if the server is ours. */
    public List<Entry> tree(Path path, Depths depths) throws InterruptedException {
        return TreeCollector.collect(
                connector.connection(),
                path,
                seq -> new Request.GetTree(seq, path, false, depths, false, false, true),
                (entry, _) -> entry);
    }

    /** As {@link #tree(Path)}, with siblings in the order of their creation if the server knows it. */
    public List<Entry> treeByCreation(Path path) throws InterruptedException {
        return TreeCollector.collect(
                connector.connection(),
                path,
                seq -> new Request.GetTree(seq, path, false, Depths.ALL, false, false, false),
                (entry, _) -> entry);
    }

    /**
     * The entries of a subtree and who wrote them, parents first.
     *
     * @param sorted whether siblings are sorted, otherwise they are in the order of their creation; if the server is ours
     */
    public List<AuthoredEntry> treeWithAuthors(Path path, Depths depths, boolean sorted) throws InterruptedException {
        return TreeCollector.collect(
                connector.connection(),
                path,
                seq -> new Request.GetTree(seq, path, false, depths, false, false, sorted, true),
                AuthoredEntry::new);
    }

    /** The entries of the internal tree, parents first, with paths relative to its root. */
    public List<Entry> internalTree() throws InterruptedException {
        return internalTree(Path.ROOT);
    }

    /** The same, for a part of the internal tree; none if nothing was ever there. */
    public List<Entry> internalTree(Path top) throws InterruptedException {
        try {
            return TreeCollector.collect(
                    connector.connection(),
                    top,
                    seq -> new Request.GetTree(seq, top, true, Depths.ALL, false, false, false),
                    (entry, _) -> entry);
        } catch (ClientException e) {
            if (e.etype() == Etype.NOTFOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /**
     * Writes or deletes an entry of the internal tree.
     *
     * @param path relative to the root of the internal tree
     * @param value {@code null}: delete the entry
     */
    public void setInternal(Path path, @Nullable Value value) throws InterruptedException {
        setInternal(path, value, Expectation.anything());
    }

    /** The same, if the entry is as expected. */
    public void setInternal(Path path, @Nullable Value value, Expectation expectation) throws InterruptedException {
        WriteConditions conditions = conditions(expectation);
        write(() -> changed(seq -> value == null
                ? new Request.DeleteValue(seq, path, true, conditions, false)
                : new Request.SetValue(seq, path, true, value, conditions, false, false, false)));
    }

    /** The names of the children of {@code path}: those that have an entry, or one below them. */
    public List<?> children(Path path) throws InterruptedException {
        try {
            Reply reply = call(false, seq -> new Request.Enumerate(seq, path, false, false, true, true));
            return reply instanceof Reply.Result(Seq _, Value names, long _)
                            && Values.decode(names) instanceof List<?> list
                    ? list
                    : List.of();
        } catch (ClientException e) {
            if (e.etype() == Etype.NOTFOUND) {
                return List.of();
            }
            throw e;
        }
    }

    /** Watches a subtree. Waits until the server has started the watch, which then delivers every change. */
    public Watch watch(Path path, WatchOptions options) throws InterruptedException {
        Watch watch = new Watch(connector, path, options);
        try {
            watch.begin();
            return watch;
        } catch (InterruptedException e) {
            watch.close();
            throw e;
        }
    }

    /** Keeps a current copy of a subtree. */
    public Mirror mirror(Path path) {
        return Mirror.start(connector, path);
    }

    /** Opens a session; a client has one at a time. */
    public Session session(Duration ttl) throws InterruptedException {
        if (fence != null) {
            throw new IllegalStateException("session: a fenced client (expected: a client that is not fenced)");
        }
        if (connector.session() != null) {
            throw new IllegalStateException("session: the client has one already (expected: one at a time)");
        }
        return Session.open(connector, ttl);
    }

    /** The client's session; {@code null} if it has none. */
    public @Nullable Session session() {
        return fence == null ? connector.session() : null;
    }

    /**
     * Carries out all these writes or none. The lease of a write is the client's session or none. Only an owner may give
     * an origin: it is recorded instead of the client. Returns the tick of each write.
     */
    public List<Long> commit(Commit commit) throws InterruptedException {
        Commit guarded = new Commit(commit.writes(), guards(commit.guards()), null, commit.origin());
        long cause = cause();
        return write(() -> CommitRequests.commit(connector, guarded, cause));
    }

    /** Sends a message to all who monitor its topic at present. */
    public void send(List<String> topic, Value data) throws InterruptedException {
        connector.connection().call(true, seq -> new Request.MsgSend(seq, topic, data, null));
    }

    /**
     * Receives the messages of a topic, in which {@code +} stands for any one level and a final {@code #} for all
     * further ones. Waits until the server has started the monitor.
     */
    public Monitor monitor(List<String> topic) throws InterruptedException {
        Monitor monitor = new Monitor(connector, topic);
        try {
            monitor.begin();
            return monitor;
        } catch (InterruptedException e) {
            monitor.close();
            throw e;
        }
    }

    /** A number that was never returned before in this tree. */
    public long newTock() throws InterruptedException {
        return request(false, Request.GetTock::new).tock();
    }

    /**
     * Sends any request that has one reply, for requests without a method of their own. A failure is thrown.
     *
     * @param write whether the request changes something: then its outcome is unknown if the connection breaks
     */
    public Reply call(boolean write, Function<Seq, Request> request) throws InterruptedException {
        if (write && fence != null) {
            throw new IllegalStateException(
                    "call: a raw write of a fenced client (expected: set, delete, deleteTree, commit)");
        }
        boolean repeatable = !write || Request.Again.isFor(request.apply(Seq.of(1)));
        return repeatable ? request(write, request) : connector.connection().call(true, request);
    }

    private Reply request(boolean write, Function<Seq, Request> request) throws InterruptedException {
        return RetryingCall.call(connector, write, request);
    }

    /** The greeting of the server. */
    public Reply.Greeting greeting() {
        return connector.connection().greeting();
    }

    /** The name of this client. */
    public String name() {
        return connector.options().name();
    }

    /** The address of the server, and how this client connects to it. */
    public ClientOptions options() {
        return connector.options();
    }

    /** The tree's name, the node of every chain. */
    public String treeName() {
        return connector.tree();
    }

    public boolean isConnected() {
        ServerConnection connection = connector.connectionOrNull();
        return connection != null && connection.isUp();
    }

    /** How many connections have been lost so far. */
    public long losses() {
        return connector.losses();
    }

    /** Waits until there is a connection. */
    public void awaitConnected() throws InterruptedException {
        Objects.requireNonNull(connector.awaitConnection());
    }

    /** Waits for a connection, but no longer than the timeout. Returns whether there is one. */
    public boolean awaitConnected(Duration timeout) throws InterruptedException {
        return connector.awaitConnection(System.nanoTime() + timeout.toNanos()) != null;
    }

    public void listen(ConnectionListener listener) {
        connector.listen(listener);
    }

    /** Ends the connection and makes a new one: all that goes on continues there, as after any loss. */
    public void reconnect(String reason) {
        ServerConnection current = connector.connectionOrNull();
        if (current != null) {
            current.close(reason);
        }
    }

    /**
     * Closes the connection. Pending calls fail and watches end; a session that was not closed lives until it expires.
     */
    @Override
    public void close() {
        if (fence == null) {
            connector.close();
        }
    }

    private interface Attempt<T> {
        T make() throws InterruptedException;
    }

    private <T> T write(Attempt<T> attempt) throws InterruptedException {
        try {
            return attempt.make();
        } catch (ConflictException e) {
            throw fence != null && e.isGuard() ? fence.refused(e) : e;
        }
    }

    private long cause() {
        return fence == null ? 0 : fence.cause();
    }

    private List<Guard> guards(List<Guard> given) {
        if (fence == null) {
            return given;
        }
        List<Guard> all = new ArrayList<>(given);
        all.addAll(fence.guards());
        return all;
    }

    private WriteConditions conditions(Expectation expectation, Guard... guards) {
        ChainCondition chain = CommitRequests.chained(connector, expectation);
        List<Guard> all = guards(List.of(guards));
        return chain instanceof ChainCondition.Unchecked && all.isEmpty()
                ? WriteConditions.NONE
                : new WriteConditions(chain, null, all);
    }

    private long changed(Function<Seq, Request> request) throws InterruptedException {
        return switch (request(true, request)) {
            case Reply.Changed changed -> changed.tock();
            case Reply reply -> throw unexpected(reply);
        };
    }

    private static ClientException unexpected(Reply reply) {
        return new ClientException(Etype.OTHER, "reply: " + reply + " (expected: another kind of reply)");
    }
}
