package distkv.server.access;

import distkv.access.JobIdentity;
import distkv.access.Need;
import distkv.access.NodeAccount;
import distkv.access.NodeWrites;
import distkv.access.Principal;
import distkv.access.Right;
import distkv.access.Rights;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.token.RunToken;
import distkv.server.net.PeerIdentity;
import distkv.server.net.PeerIdentity.ClientCertificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who the client of one connection is, and whether it may do what it asks for. All requests pass {@link #check}, and
 * nothing else decides.
 */
public final class ConnectionAccess {
    /** What a connection may do until when, without looking again. */
    private record Known(Principal principal, Rights rights, long version, double expires) {}

    /** Hears, on a thread that may wait, of changes while the connection lives. */
    public interface Listener {
        /** Rights have changed: streams are to be checked again. */
        void rightsChanged();

        /** Nothing will be allowed any more, for this reason: the connection is to end. */
        void loggedOut(String reason);
    }

    private final AccessControl control;
    private final String from;
    private final Listener listener;
    private final @Nullable ClientCertificate certificate;
    private final ConnectionRuns runs;

    /** {@code null} until somebody has logged in. */
    private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

    /** @param peer whoever has connected; some need no log-in, see {@link ImplicitLogIn} */
    public ConnectionAccess(AccessControl control, PeerIdentity peer, Listener listener) {
        this.control = control;
        this.from = peer.place();
        this.listener = listener;
        this.runs = control.noRuns();
        this.certificate = peer instanceof PeerIdentity.Tls(var _, ClientCertificate shown) ? shown : null;
        Principal implied = control.implied(peer);
        if (implied != null) {
            logIn(implied);
        }
        control.join(this);
    }

    /** The connection has ended. */
    public void leave() {
        control.leave(this);
    }

    /** Who the client is; {@code null} if it has not logged in. */
    public @Nullable Principal principal() {
        Known now = known.get();
        return now == null ? null : now.principal();
    }

    /**
     * Who makes a write, and why; {@code null} if nobody has logged in.
     *
     * @param guards of the write: a claim among them says which run it is
     * @param cause see {@link Origin#cause}
     */
    public @Nullable Origin origin(List<Guard> guards, long cause) {
        Principal principal = principal();
        if (principal == null) {
            return null;
        }
        if (principal instanceof Principal.OfRun any) {
            return new Origin(nameOf(any, guards), cause);
        }
        String run = guards.isEmpty() ? null : control.runs().find(guards);
        return new Origin(run == null || !maySpeakFor(principal, run) ? principal.label() : run, cause);
    }

    /** The run whose claim is among these guards; if there is none, one of those that have logged in. */
    private String nameOf(Principal.OfRun any, List<Guard> guards) {
        for (Guard guard : guards) {
            Principal.OfRun run = runs.guarding(List.of(guard), Path.ROOT);
            if (run != null) {
                String name = control.runs().find(List.of(guard));
                return name == null ? run.label() : name;
            }
        }
        return any.label();
    }

    /** Whether a run may be the author in somebody's place: people do not hide behind one, nor nodes behind another's. */
    private static boolean maySpeakFor(Principal principal, String run) {
        return switch (principal) {
            case Principal.OfUser _, Principal.OfLogIn _, Principal.OfToken _, Principal.OfRun _ -> false;
            case Principal.OfNode(String name) -> RunNames.node(run).equals(name);
            case Principal.Owner _ -> true;
        };
    }

    /** A commit of this client was made. It may have changed what the audit log is to know. */
    public void committed(Commit commit, long revision) {
        control.events().committed(commit, revision, from);
    }

    /** Whether the client must log in before it may do anything. */
    public boolean mustLogIn() {
        return known.get() == null;
    }

    void logIn(Principal principal) {
        runs.clear();
        known.set(look(principal));
    }

    /**
     * Logs in a run, or refuses it. Whoever was logged in before is not any more, whatever becomes of that: what presents
     * the token of a run must never be anybody else.
     *
     * @param presented by the client as its token
     * @return the refusal; {@code null} if it is logged in
     */
    @Nullable
    String logInRun(@Nullable String presented) {
        RunToken token = presented == null ? null : RunToken.parse(presented);
        if (token != null
                && control.isOpen()
                && principal() instanceof Principal.Owner
                && control.runLogIn().isForeign(token)) {
            // It may do everything, as everybody may; the server cannot tell when that run is over.
            return null;
        }
        RunLogIn.Checked outcome = control.runLogIn().check(token);
        Principal.OfRun run = outcome.run();
        boolean isRun = principal() instanceof Principal.OfRun;
        if (run == null) {
            if (!isRun) {
                known.set(null);
            }
            return outcome.refusal();
        }
        Principal.OfRun other = runs.add(run, outcome.claim(), outcome.lease());
        if (other != null) {
            return run.label() + ": cannot share a connection with " + other.label()
                    + " (expected: one that acts as the" + " same)";
        }
        known.set(look(run));
        return null;
    }

    private Known look(Principal principal) {
        long version = control.version();
        Rights rights = isRevoked(principal) ? Rights.NONE : control.rights(principal);
        return new Known(principal, rights, version, expires(principal));
    }

    private double expires(Principal principal) {
        return principal instanceof Principal.OfNode && certificate != null
                ? certificate.validUntil().toEpochMilli() / 1e3
                : control.expires(principal);
    }

    /** Whether it is a node that must not have this connection any more: it is gone, or has another certificate. */
    private boolean isRevoked(Principal principal) {
        if (!(principal instanceof Principal.OfNode(String name))) {
            return false;
        }
        NodeAccount node = control.table().findNode(name);
        return node == null
                || certificate == null
                || !node.isKnownBy(certificate.fingerprint())
                || AccessControl.now() >= expires(principal);
    }

    /** Why nothing will be allowed any more; {@code null} if that is not so. */
    private @Nullable String logOut() {
        Known now = known.get();
        return now != null && isRevoked(now.principal())
                ? "access: " + now.principal().label() + ": its certificate is revoked or has expired (expected: one"
                        + " that is valid)"
                : null;
    }

    /** The node that has logged in; {@code null} if nobody has, or somebody else. */
    public @Nullable String node() {
        return principal() instanceof Principal.OfNode(String name) ? name : null;
    }

    /** Whose sessions are counted together: those of a job on a node, too; {@code null} for an owner, whose are not. */
    public @Nullable String holder() {
        return switch (principal()) {
            case Principal.Owner _ -> null;
            case Principal.OfRun run -> "run " + run.job().brief() + "@" + run.node();
            case Principal other -> other.label();
            case null -> null;
        };
    }

    /** Whether nothing will be allowed unless the client logs in, on another connection perhaps. */
    public boolean isOver() {
        return mustLogIn() || logOut() != null;
    }

    /** Whether {@link #check} answers without reading users and roles again. */
    public boolean isQuick() {
        Known now = known.get();
        return now == null || now.principal() instanceof Principal.Owner || isFresh(now);
    }

    private boolean isFresh(Known now) {
        return now.version() == control.version()
                && (now.expires() == Double.POSITIVE_INFINITY || AccessControl.now() < now.expires());
    }

    /** What the client may do now. */
    public Rights rights() {
        Known now = known.get();
        if (now == null) {
            return Rights.NONE;
        }
        if (now.principal() instanceof Principal.Owner || isFresh(now)) {
            return now.rights();
        }
        Known newer = look(now.principal());
        // Fails if somebody has logged in meanwhile.
        known.compareAndSet(now, newer);
        return newer.rights();
    }

    /** Whether the client may see the entry at a path. */
    public boolean mayRead(Path path) {
        Rights rights = rights();
        return rights.isAll() || control.needs().read(path).isMet(rights);
    }

    /** Whether the client may write any value to a path. */
    public boolean mayWrite(Path path) {
        Rights rights = rights();
        return rights.isAll()
                || (control.needs().write(path).isMet(rights) && (node() == null || control.nodeMayWriteAt(path)));
    }

    /**
     * The refusal of a request; {@code null} if the client may make it.
     *
     * @param root the path that the client sees as the root
     * @param session that of the connection; 0 if it has none
     */
    public Reply.@Nullable Failed check(Request request, Path root, long session, long tock) {
        Known now = known.get();
        if (now == null) {
            return isBeforeLogIn(request)
                    ? null
                    : new Reply.Failed(
                            request.seq(), "access: not logged in (expected: auth first)", Etype.ACCESS, tock);
        }
        Principal principal = now.principal();
        if (principal instanceof Principal.OfRun run) {
            Reply.Failed refusal = checkRun(run, request, root, tock);
            if (refusal != null) {
                return refusal;
            }
            principal = runs.author(request, root, run);
        }
        Rights rights = rights();
        if (rights.isAll()) {
            return null;
        }
        String over = logOut();
        if (over != null) {
            return new Reply.Failed(request.seq(), over, Etype.ACCESS, tock);
        }
        for (Need need : control.needs().of(request, root)) {
            if (!isMet(need, rights)) {
                control.events().denied(principal, from, need);
                return new Reply.Failed(request.seq(), denial(principal, need), Etype.ACCESS, tock);
            }
        }
        NodeWrites.Refusal refusal = now.principal() instanceof Principal.OfNode(String name)
                ? control.refusal(name, session, request, root)
                : null;
        return refusal == null ? null : denied(now.principal(), request, refusal, tock);
    }

    private Reply.Failed denied(Principal node, Request request, NodeWrites.Refusal refusal, long tock) {
        control.events().denied(node, from, refusal.path().brief(), refusal.reason());
        return new Reply.Failed(
                request.seq(), "access: " + node.label() + " may not " + refusal.text(), Etype.ACCESS, tock);
    }

    /** A run may also look whether it has its claim, as its guards do. */
    private boolean isMet(Need need, Rights rights) {
        return need.isMet(rights)
                || (need instanceof Need.At(Right right, Path path, var _)
                        && right == Right.READ
                        && runs.haveClaim(path));
    }

    /** What is asked of runs beside their rights: to have their claim, and to write nothing without it. */
    private Reply.@Nullable Failed checkRun(Principal.OfRun run, Request request, Path root, long tock) {
        List<Guard> guards = ConnectionRuns.guards(request);
        if (guards == null) {
            return isBeforeLogIn(request) || !runs.areOver()
                    ? null
                    : new Reply.Failed(request.seq(), over(run), Etype.GUARD, tock);
        }
        if (runs.guarding(guards, root) != null) {
            return null;
        }
        for (Guard guard : guards) {
            Entry there = control.entry(root.append(guard.path()));
            if (control.isClaim(root.append(guard.path())) && (there == null || there.tick() != guard.tick())) {
                Reply.Found found = new Reply.Found(guard.path(), there == null ? null : there.tick());
                return new Reply.Failed(request.seq(), over(run), Etype.GUARD, found, tock);
            }
        }
        List<Need> needs = control.needs().of(request, root);
        control.events()
                .denied(run, from, needs.isEmpty() ? "" : needs.getFirst().where(), "without the claim of the run");
        return new Reply.Failed(
                request.seq(),
                "access: " + run.label() + " may not write without its claim (expected: a guard at it)",
                Etype.ACCESS,
                tock);
    }

    private static String over(Principal.OfRun run) {
        return run.label() + ": over, its claim is gone (expected: a run that has its claim)";
    }

    /** Decides whom a job acts as that the client writes. */
    public JobIdentity.Verdict judgeJob(Path path, Value value) {
        Principal writer = principal();
        if (writer == null) {
            return new JobIdentity.Verdict(value, "access: not logged in (expected: auth first)");
        }
        JobIdentity.Verdict verdict = control.judgeJob(writer, rights(), path, value);
        if (verdict.refusal() != null) {
            control.events().denied(writer, from, path.brief(), verdict.refusal());
        }
        return verdict;
    }

    /** Somebody asked for what is his own only, or nobody's. */
    public void denied(String what) {
        Principal principal = principal();
        if (principal != null) {
            control.events().denied(principal, from, "", what);
        }
    }

    /** Says, at any time, why the client may not have the stream that answers a request; {@code null} if it may. */
    public Supplier<@Nullable String> denial(Request request, Path root) {
        Known now = known.get();
        if (now == null || now.principal() instanceof Principal.Owner) {
            return () -> null;
        }
        List<Need> needs = control.needs().of(request, root);
        return () -> {
            if (now.principal() instanceof Principal.OfRun run && runs.areOver()) {
                return over(run);
            }
            Rights rights = rights();
            String over = rights.isAll() ? null : logOut();
            if (over != null) {
                return over;
            }
            for (Need need : needs) {
                if (!need.isMet(rights)) {
                    control.events().denied(now.principal(), from, need);
                    return denial(now.principal(), need);
                }
            }
            return null;
        };
    }

    private static String denial(Principal principal, Need need) {
        String as = principal instanceof Principal.OfRun run && run.as() != null ? ", acting as " + run.as() + "," : "";
        return "access: " + principal.label() + as + " may not " + need.right().word() + " " + need.where()
                + " (expected: the right " + need.right().word() + " there)";
    }

    private static boolean isBeforeLogIn(Request request) {
        return switch (request) {
            case Request.DiffieHellman _,
                    Request.LogIn _,
                    Request.AskForCode _,
                    Request.WhoAmI _,
                    Request.Hello _,
                    Request.Ack _,
                    Request.StreamEnd _,
                    Request.JoinAsNode _,
                    Request.Malformed _ -> true;
            default -> false;
        };
    }

    /** Called after a change of users, tokens, nodes or roles. */
    void recheck() {
        if (known.get() == null) {
            return;
        }
        String over = logOut();
        if (over == null) {
            listener.rightsChanged();
        } else {
            // Its streams end with it, for this reason.
            listener.loggedOut(over);
        }
    }
}
