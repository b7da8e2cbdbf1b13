package distkv.client;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.ChainCondition;
import distkv.protocol.WriteConditions;
import distkv.model.Depths;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of one server, for any number of threads. Calls block until the answer is there; calls of different threads
 * share one connection and do not wait for each other. An interrupted call throws, and its answer is dropped.
 *
 * <p>When the connection breaks, calls under way go on with the next one: what was asked for is done once, whatever had
 * become of it. Those that get no answer within {@link ClientOptions#patience} fail with
 * {@link ServerConnectionException}; so do, at once, messages, trees, and all calls that begin while it is broken. The {@link Session} is attached to the new connection; {@link Watch}es, {@link Mirror}s and
 * {@link Monitor}s go on where they were.
 */
public final class Client implements AutoCloseable {
    private final Connector connector;
    /** Guards every write; {@code null} if none does. */
    private final @Nullable Fence fence;

    private Client(Connector connector, @Nullable Fence fence) {
        this.connector = connector;
        this.fence = fence;
    }

    /** Connects and waits for the server's greeting; one attempt only, so that a wrong address is noticed. */
    public static Client connect(ClientOptions options) throws InterruptedException {
        return new Client(Connector.connect(options), null);
    }

    /**
     * Begins to connect, and goes on until there is a connection. Waits until the first attempt has succeeded or failed,
     * but not for longer than that.
     */
    public static Client begin(ClientOptions options, Duration patience) throws InterruptedException {
        return new Client(Connector.begin(options, patience), null);
    }

    /**
     * The same client for those whose writes are to be guarded, all of them. It has no session, makes no raw writes, and
     * closing it does nothing.
     */
    public Client fenced(Fence by) {
        return new Client(connector, by);
    }

    /** What is at a path; {@code null} if there is nothing. */
    public @Nullable Entry get(Path path) throws InterruptedException {
        return switch (call(false, seq -> new Request.GetValue(seq, path, false, false))) {
            case Reply.Got got when got.value() != null -> new Entry(path, got.value(), got.tock(), 0);
            case Reply.Got _, Reply.Done _ -> null;
            case Reply reply -> throw unexpected(reply);
        };
    }

    /** Writes a value, whatever is there. Returns the write's tick. */
    public long set(Path path, Value value) throws InterruptedException {
        return set(path, value, Expectation.anything());
    }

    /** Writes a value if what is there is as expected and the guards hold. Returns the write's tick. */
    public long set(Path path, Value value, Expectation expectation, Guard... guards) throws InterruptedException {
        WriteConditions conditions = conditions(expectation, guards);
        return write(
                () -> changed(seq -> new Request.SetValue(seq, path, false, value, conditions, false, false, false)));
    }

    /** Deletes an entry, whatever it is. Returns the write's tick. */
    public long delete(Path path) throws InterruptedException {
        return delete(path, Expectation.anything());
    }

    /** Deletes an entry if it is as expected and the guards hold. Returns the write's tick. */
    public long delete(Path path, Expectation expectation, Guard... guards) throws InterruptedException {
        WriteConditions conditions = conditions(expectation, guards);
        return write(() -> changed(seq -> new Request.DeleteValue(seq, path, false, conditions, false)));
    }

    /** Deletes an entry and all below it. Returns how many they were. */
    public long deleteTree(Path path, Guard... guards) throws InterruptedException {
        List<Guard> all = guards(List.of(guards));
        return write(() -> switch (request(true, seq -> new Request.DeleteTree(seq, path, all, false))) {
            case Reply.Count count -> count.changed();
            case Reply reply -> throw unexpected(reply);
        });
    }

    /** The entry at a path and all below it, parents first. */
    public List<Entry> tree(Path path) throws InterruptedException {
        return tree(path, Depths.ALL);
    }

    /** The entries of a subtree at these depths, parents first, siblings sorted if the server is ours. */
    public List<Entry> tree(Path path, Depths depths) throws InterruptedException {
        return TreeCollector.collect(
                connector.link(), path, seq -> new Request.GetTree(seq, path, false, depths, false, false, true));
    }

    /** As {@link #tree(Path)}, siblings in the order in which they were created, if the server knows. */
    public List<Entry> treeByCreation(Path path) throws InterruptedException {
        return TreeCollector.collect(
                connector.link(), path, seq -> new Request.GetTree(seq, path, false, Depths.ALL, false, false, false));
    }

    /** The entries of the internal tree, with their paths below its top, parents first. */
    public List<Entry> internalTree() throws InterruptedException {
        return TreeCollector.collect(
                connector.link(),
                Path.ROOT,
                seq -> new Request.GetTree(seq, Path.ROOT, true, Depths.ALL, false, false, false));
    }

    /**
     * Sets an entry of the internal tree, or deletes it.
     *
     * @param path below the top of the internal tree
     * @param value {@code null} to delete
     */
    public void setInternal(Path path, @Nullable Value value) throws InterruptedException {
        write(() -> changed(seq -> value == null
                ? new Request.DeleteValue(seq, path, true, conditions(Expectation.anything()), false)
                : new Request.SetValue(
                        seq, path, true, value, conditions(Expectation.anything()), false, false, false)));
    }

    /** The last elements of the paths right below {@code path} that have an entry, or one below them. */
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

    /** Follows a subtree. Waits until the server has begun: it delivers every change from then on. */
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

    /** Keeps a copy of a subtree current. */
    public Mirror mirror(Path path) {
        return Mirror.start(connector, path);
    }

    /** Opens a session; a client has one at a time. */
    public Session session(Duration ttl) throws InterruptedException {
        if (fence != null) {
            throw new IllegalStateException("a fenced client (expected: one of its own, to have a session)");
        }
        if (connector.session() != null) {
            throw new IllegalStateException("this client has a session (expected: one at a time)");
        }
        return Session.open(connector, ttl);
    }

    /** The client's session; {@code null} if it has none. */
    public @Nullable Session session() {
        return fence == null ? connector.session() : null;
    }

    /** All these writes or none; a write's lease is the client's session or none. Returns the tick of each. */
    public List<Long> commit(Commit commit) throws InterruptedException {
        Commit guarded = new Commit(commit.writes(), guards(commit.guards()));
        return write(() -> Commits.commit(connector, guarded));
    }

    /** Sends a message to all who monitor its topic now. */
    public void send(List<String> topic, Value data) throws InterruptedException {
        connector.link().call(true, seq -> new Request.MsgSend(seq, topic, data, null));
    }

    /**
     * Receives the messages of a topic; {@code +} in it is any one level, {@code #} at its end the rest. Waits until the
     * server has begun.
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
     * Any request, for what has no method of its own, and its only reply. A failure is thrown.
     *
     * @param write whether it changes something, so that a broken connection leaves it open what happened
     */
    public Reply call(boolean write, Function<Seq, Request> request) throws InterruptedException {
        if (write && fence != null) {
            throw new IllegalStateException(
                    "a raw write of a fenced client (expected: set, delete, deleteTree, commit)");
        }
        boolean repeatable = !write || Request.Again.isFor(request.apply(Seq.of(1)));
        return repeatable ? request(write, request) : connector.link().call(true, request);
    }

    private Reply request(boolean write, Function<Seq, Request> request) throws InterruptedException {
        return Repeating.call(connector, write, request);
    }

    /** The greeting of the server that it is connected to. */
    public Reply.Greeting greeting() {
        return connector.link().greeting();
    }

    /** What this client calls itself. */
    public String name() {
        return connector.options().name();
    }

    /** The server, and how this client connects to it. */
    public ClientOptions options() {
        return connector.options();
    }

    /** The tree's name, the node of every chain. */
    public String treeName() {
        return connector.tree();
    }

    public boolean isConnected() {
        Link link = connector.linkOrNull();
        return link != null && link.isUp();
    }

    /** How many connections have been lost so far. */
    public long losses() {
        return connector.losses();
    }

    /** Waits until there is a connection. */
    public void awaitConnected() throws InterruptedException {
        Objects.requireNonNull(connector.awaitLink());
    }

    /** Waits so long for a connection; returns whether there is one. */
    public boolean awaitConnected(Duration patience) throws InterruptedException {
        return connector.awaitLink(System.nanoTime() + patience.toNanos()) != null;
    }

    public void listen(ConnectionListener listener) {
        connector.listen(listener);
    }

    /** Closes the connection. Calls under way fail, watches end; a session that was not closed lives on until its time is over. */
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

    private List<Guard> guards(List<Guard> given) {
        if (fence == null) {
            return given;
        }
        List<Guard> all = new ArrayList<>(given);
        all.addAll(fence.guards());
        return all;
    }

    private WriteConditions conditions(Expectation expectation, Guard... guards) {
        ChainCondition chain = Commits.chained(connector, expectation);
        List<Guard> all = guards(List.of(guards));
        return chain instanceof ChainCondition.Unchecked && all.isEmpty() ? WriteConditions.NONE : new WriteConditions(chain, null, all);
    }

    private long changed(Function<Seq, Request> request) throws InterruptedException {
        return switch (request(true, request)) {
            case Reply.Changed changed -> changed.tock();
            case Reply reply -> throw unexpected(reply);
        };
    }

    private static ClientException unexpected(Reply reply) {
        return new ClientException(Etype.OTHER, "the server answered " + reply + " (expected: another kind of reply)");
    }
}
