package distkv.server.access;

import distkv.access.AccessTable;
import distkv.access.JobIdentity;
import distkv.access.NodeAccount;
import distkv.access.NodeWrites;
import distkv.access.Principal;
import distkv.access.RequestNeeds;
import distkv.access.Rights;
import distkv.access.Token;
import distkv.access.User;
import distkv.access.Zones;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.process.VitalThreads;
import distkv.protocol.Request;
import distkv.schema.Prefixes;
import distkv.server.audit.AuditLog;
import distkv.server.net.PeerIdentity;
import distkv.server.session.SessionRecords;
import distkv.server.tree.KeyOrderWalk;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.server.tree.WatchScope;
import distkv.server.tree.Watcher;
import distkv.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The users, tokens, nodes and roles as they are now, for all connections. It follows their entries: whatever was acknowledged
 * before a request arrived counts for that request, and running streams are checked again after each change.
 */
public final class AccessControl {
    private static final System.Logger LOG = System.getLogger(AccessControl.class.getName());
    private static final WatchScope ENTRIES = WatchScope.of(AccessTable.TOP, Depths.ALL);
    /** Few changes can wait: what they are does not matter. */
    private static final int CAPACITY = 16;

    /** @param version the number of changes that were seen when it was read */
    private record Read(AccessTable table, long version) {}

    private final Replica replica;
    private final Prefixes prefixes;
    private final boolean open;
    private final Zones zones;
    private final boolean nodesOnly;
    private final UnaryOperator<List<String>> rooted;
    private final RequestNeeds needs;
    private final NodeWrites nodeWrites;
    private final RunLogIn runLogIn;
    private final RunNames runs;
    private final AuditLog audit;
    private final SecurityEvents events;
    private final LoginThrottle throttle = new LoginThrottle(System::nanoTime);
    private final PasswordQueue passwords = new PasswordQueue();
    private final LogInCodes codes = new LogInCodes(System::nanoTime);
    private final TokenUse tokenUse;
    private final TokenCleanup cleanup;
    private final Set<ConnectionAccess> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong changes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();

    /** Changed with the lock held. */
    private Watcher watcher;

    private volatile Read read;
    private volatile Runnable whenChanged = () -> {};

    /**
     * @param store where the use of tokens is noted
     * @param sessions what the tokens of runs are checked with
     * @param rooted makes the whole topic of what a client sends as one
     * @param open whether everybody may do everything, see {@link ImplicitLogIn}
     * @param nodesOnly whether clients' certificates are those of the server's own authority
     * @param audit where log-ins, denials and changes of rights, code and jobs are recorded
     */
    public AccessControl(
            Replica replica,
            Store store,
            SessionRecords sessions,
            Prefixes prefixes,
            UnaryOperator<List<String>> rooted,
            boolean open,
            boolean nodesOnly,
            AuditLog audit) {
        this.replica = replica;
        this.tokenUse = new TokenUse(store, System::currentTimeMillis);
        this.cleanup = new TokenCleanup(store, replica, audit);
        this.prefixes = prefixes;
        this.open = open;
        this.nodesOnly = nodesOnly;
        this.rooted = rooted;
        this.audit = audit;
        this.events = new SecurityEvents(audit, prefixes);
        this.zones = new Zones(prefixes);
        this.needs = new RequestNeeds(zones, path -> replica.snapshot().get(path), rooted);
        this.runLogIn = new RunLogIn(replica, sessions, prefixes);
        this.runs = new RunNames(prefixes, path -> replica.snapshot().get(path));
        this.nodeWrites = new NodeWrites(
                prefixes,
                path -> replica.snapshot().get(path),
                () -> replica.snapshot().tock());
        this.watcher = watcher();
        this.read = new Read(read(replica.start(watcher)), 0);
    }

    private Watcher watcher() {
        return new Watcher(ENTRIES, CAPACITY, CAPACITY, this::changed);
    }

    /** Called by the replica. */
    private void changed() {
        changes.incrementAndGet();
        VitalThreads.virtual("distkv-access", this::recheck).start();
    }

    /** Ends what is not allowed any more, and has streams checked again. It may wait. */
    public void recheck() {
        connections.forEach(ConnectionAccess::recheck);
        whenChanged.run();
    }

    /** Has this done after each change, when all connections have been checked; it may wait. Called once. */
    public void whenChanged(Runnable task) {
        whenChanged = task;
    }

    /** Who needs no log-in; {@code null} if whoever has connected does. */
    @Nullable
    Principal implied(PeerIdentity peer) {
        return ImplicitLogIn.of(peer, table(), open, nodesOnly);
    }

    RequestNeeds needs() {
        return needs;
    }

    /** Where security events are recorded. */
    public AuditLog audit() {
        return audit;
    }

    SecurityEvents events() {
        return events;
    }

    /** Whether everybody may do everything. */
    boolean isOpen() {
        return open;
    }

    RunLogIn runLogIn() {
        return runLogIn;
    }

    ConnectionRuns noRuns() {
        return new ConnectionRuns(replica);
    }

    @Nullable
    Entry entry(Path path) {
        return replica.snapshot().get(path);
    }

    /** Whether an entry is a job. */
    public boolean isJob(Path path) {
        return path.startsWith(prefixes.runs());
    }

    /** Whether an entry is a claim. */
    boolean isClaim(Path path) {
        return path.startsWith(prefixes.claims());
    }

    /** Decides whom a job acts as that somebody writes. */
    JobIdentity.Verdict judgeJob(Principal writer, Rights rights, Path path, Value value) {
        Entry there = replica.snapshot().get(path);
        return JobIdentity.judge(
                new JobIdentity.Writer(writer, rights, table(), zones, now()),
                there == null ? null : there.value(),
                value);
    }

    RunNames runs() {
        return runs;
    }

    /**
     * Why a node may not make a request for which it has the rights; {@code null} if it may.
     *
     * @param session that of the connection; 0 if it has none
     */
    NodeWrites.@Nullable Refusal refusal(String name, long session, Request request, Path root) {
        NodeAccount node = table().findNode(name);
        return node == null
                ? null
                : nodeWrites.refusal(new NodeWrites.Writer(name, node.groups(), node.labels(), session), request, root);
    }

    /** Whether there is anything at a path that a node may write, given the right. */
    boolean nodeMayWriteAt(Path path) {
        return nodeWrites.maySome(path);
    }

    /** How many connections a node has. */
    public int connectionsOf(String node) {
        return (int) connections.stream()
                .filter(connection -> node.equals(connection.node()))
                .count();
    }

    public LoginThrottle throttle() {
        return throttle;
    }

    LogInCodes codes() {
        return codes;
    }

    TokenUse tokenUse() {
        return tokenUse;
    }

    /** Deletes tokens of users that have expired: whoever keeps a new one makes room for it. Does not wait. */
    public void forgetExpiredTokens() {
        cleanup.run(table(), now());
    }

    PasswordQueue passwords() {
        return passwords;
    }

    void join(ConnectionAccess connection) {
        connections.add(connection);
    }

    void leave(ConnectionAccess connection) {
        connections.remove(connection);
    }

    /** Whether an entry is a user, token, node or role. */
    public static boolean isAccessEntry(Path path) {
        return path.startsWith(AccessTable.TOP);
    }

    /**
     * Checks a write to a user, token, node or role.
     *
     * @param value {@code null} deletes the entry
     */
    public AccessEntryCheck.Verdict judge(Path path, @Nullable Value value) {
        List<Entry> entries = entries(replica.snapshot());
        return AccessEntryCheck.of(prefixes, entries, table().owner(), path, value);
    }

    /** Increases with every change of users, tokens, nodes or roles. */
    long version() {
        return changes.get();
    }

    /** The newest users, tokens, nodes and roles. */
    public AccessTable table() {
        Read known = read;
        return known.version() == changes.get() ? known.table() : reread();
    }

    private AccessTable reread() {
        lock.lock();
        try {
            long version = changes.get();
            if (read.version() != version) {
                read = new Read(read(follow()), version);
            }
            return read.table();
        } finally {
            lock.unlock();
        }
    }

    /** Takes what waits in the watcher, so that it goes on following. */
    private Snapshot follow() {
        Snapshot now = replica.snapshot();
        while (watcher.poll() != null) {
            now = replica.snapshot();
        }
        if (watcher.state() == Watcher.State.LOST) {
            replica.stop(watcher);
            watcher = watcher();
            now = replica.start(watcher);
        }
        return now;
    }

    private AccessTable read(Snapshot now) {
        return AccessTable.of(
                prefixes, entries(now), fault -> LOG.log(System.Logger.Level.WARNING, "ignored: {0}", fault));
    }

    private static List<Entry> entries(Snapshot now) {
        List<Entry> entries = new ArrayList<>();
        for (KeyOrderWalk walk = now.walk(AccessTable.TOP, Depths.ALL); walk.next(); ) {
            Entry entry = walk.entry();
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    /** Whether there is anybody who can log in. */
    public boolean canAnybodyLogIn() {
        return table().canAnybodyLogIn(now());
    }

    /** Whether this is a node that may connect. */
    public boolean isNode(String name) {
        NodeAccount node = table().findNode(name);
        return node != null && !node.revoked();
    }

    /** What somebody may do now; nothing if the user or token is gone, disabled or expired. */
    Rights rights(Principal principal) {
        AccessTable table = table();
        return switch (principal) {
            case Principal.Owner _ -> Rights.ALL;
            case Principal.OfUser(String name) -> {
                User user = table.findUser(name);
                yield user == null || user.disabled() ? Rights.NONE : table.rights(user.roles());
            }
            case Principal.OfLogIn(String name, String id) -> {
                Token token = table.findToken(id);
                boolean valid = token != null && name.equals(token.user()) && !token.isExpired(now());
                yield valid ? rights(new Principal.OfUser(name)) : Rights.NONE;
            }
            case Principal.OfToken(String id, String _) -> {
                Token token = table.findToken(id);
                yield token == null || token.isExpired(now()) ? Rights.NONE : table.rights(token.roles());
            }
            case Principal.OfRun run -> {
                Rights rights = JobIdentity.rights(run.as(), table, now());
                yield run.joined() ? rights.readAndWrite(zones) : rights;
            }
            case Principal.OfNode(String name) -> {
                NodeAccount node = table.findNode(name);
                yield node == null ? Rights.NONE : table.rights(node, rooted);
            }
        };
    }

    /** When the rights of somebody end by themselves: unix time in seconds; infinite if never. */
    double expires(Principal principal) {
        Principal source =
                principal instanceof Principal.OfRun run ? JobIdentity.find(run.as(), table(), 0) : principal;
        return switch (source) {
            case Principal.OfToken(String id, String _) -> expires(id);
            case Principal.OfLogIn(String _, String id) -> expires(id);
            case null, default -> Double.POSITIVE_INFINITY;
        };
    }

    private double expires(String token) {
        Token found = table().findToken(token);
        return found == null ? 0 : found.expires() == 0 ? Double.POSITIVE_INFINITY : found.expires();
    }

    /** Unix time in seconds. */
    static double now() {
        return System.currentTimeMillis() / 1e3;
    }
}
