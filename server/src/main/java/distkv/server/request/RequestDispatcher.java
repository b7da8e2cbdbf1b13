package distkv.server.request;

import distkv.access.Principal;
import distkv.access.Rule;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import distkv.server.access.ConnectionAccess;
import distkv.server.access.LogIns;
import distkv.server.access.OwnTokens;
import distkv.server.message.MonitorStream;
import distkv.server.message.TopicMessage;
import distkv.server.message.TopicPattern;
import distkv.server.net.Connection;
import distkv.server.net.RequestHandler;
import distkv.server.node.NodeService;
import distkv.server.tree.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Passes each request of a connection to the code that answers it. */
public final class RequestDispatcher implements RequestHandler {
    private static final List<Integer> VERSION = List.of(0, 65, 0);
    private static final List<String> EXTENSIONS = List.of(
            "session", "commit", "guard", "since", "only", "window", "standby", "witness", "again", "sorted", "login",
            "run", "by", "cause", "node", "copy");

    /** The original's letters for: read, access, list. */
    private static final String READ_LETTERS = "rxe";
    /** And for: write, delete, create, create below. */
    private static final String WRITE_LETTERS = "wdcn";

    /** How clients can log in, the original's method first: its clients use no other. */
    private static final List<String> METHODS = List.of("password", "token");

    private static final Set<String> USER_MANAGEMENT = Set.of("auth_get", "auth_set", "auth_list", "set_auth_typ");

    private final RequestContext context;
    private final ReadRequests reads;
    private final WriteRequests writes;
    private final RetriedWrites retried;

    public RequestDispatcher(ServerContext server, Connection connection) {
        this.context = new RequestContext(server, connection);
        this.reads = new ReadRequests(context);
        this.writes = new WriteRequests(context);
        this.retried = new RetriedWrites(context, writes);
    }

    @Override
    public Reply.Greeting open() {
        ServerContext server = context.server();
        long tock = context.tock();
        server.writers().join(context);
        server.nodes().note(context.access().principal());
        return new Reply.Greeting(
                server.node(),
                VERSION,
                tock,
                tock,
                Connection.DEFAULT_WINDOW,
                context.access().mustLogIn() ? METHODS : List.of(),
                EXTENSIONS,
                context.writer(),
                server.copies().standing());
    }

    @Override
    public boolean isLoggedIn() {
        return !context.access().mustLogIn();
    }

    @Override
    public boolean isImmediate(Request request) {
        return context.access().isQuick() && isQuick(request);
    }

    private boolean isQuick(Request request) {
        return switch (request) {
            case Request.GetValue get -> !get.by() && context.inFlight().isEmpty();
            case Request.SetValue set ->
                !set.idem()
                        && !set.internal()
                        && writes.areImmediate(set.conditions(), set.value().size());
            case Request.DeleteValue delete -> !delete.internal() && writes.areImmediate(delete.conditions(), 0);
            case Request.Ack _, Request.Hello _, Request.StreamEnd _ -> true;
            // A renewal must be in time, so it does not wait for a thread that is busy with other connections.
            case Request.RenewSession _ -> context.session().isRenewalImmediate();
            default -> false;
        };
    }

    @Override
    public void close() {
        context.inFlight().awaitNone();
        context.server().writers().leave(context);
        context.session().leave();
        context.server().nodes().note(context.access().principal());
        context.access().leave();
    }

    /** The one place where rights are checked. */
    @Override
    public void handle(Request request) {
        String elsewhere = context.server().copies().refusal(request);
        if (elsewhere != null && !(request instanceof Request.Hello)) {
            context.fail(new Reply.Failed(request.seq(), elsewhere, Etype.READ_ONLY, context.tock()));
            return;
        }
        Reply.Failed denied = context.access()
                .check(request, context.root(), context.session().id(), context.tock());
        if (denied == null) {
            answer(request);
        } else if (context.access().isOver()) {
            context.fail(denied);
            context.connection().stop();
        } else {
            context.fail(denied);
        }
    }

    @Override
    public Supplier<@Nullable String> denial(Request request) {
        return context.access().denial(request, context.root());
    }

    private void answer(Request request) {
        switch (request) {
            case Request.GetValue get -> reads.get(get);
            case Request.SetValue set -> writes.set(set);
            case Request.DeleteValue delete -> writes.delete(delete);
            case Request.DeleteTree delete -> writes.deleteTree(delete);
            case Request.GetTree get -> reads.tree(get);
            case Request.Watch watch -> reads.watch(watch);
            case Request.Enumerate enumerate -> reads.enumerate(enumerate);
            case Request.EnumerateNode enumerate -> reads.ticks(enumerate);
            case Request.Root root -> root(root);
            case Request.GetByTick get -> reads.byTick(get);
            case Request.GetState get -> reads.state(get);
            case Request.GetTock get -> writes.tock(get.seq());
            case Request.CommitAll commit -> writes.commit(commit);
            case Request.Again again -> {
                Request left = retried.settle(again);
                if (left != null) {
                    handle(left);
                }
            }
            case Request.Stop(Seq seq, Seq task) ->
                result(seq, context.connection().stop(task));
            case Request.MsgSend send -> send(send);
            case Request.MsgMonitor monitor -> monitor(monitor);
            case Request.TestAcl test -> testAcl(test);
            case Request.DiffieHellman agree -> context.write(context.logIns().agree(agree, context.tock()));
            case Request.LogIn logIn -> logIn(logIn);
            case Request.WhoAmI(Seq seq) -> whoAmI(seq);
            case Request.OfNodes about -> context.write(nodes(about));
            case Request.OfCopies about -> context.server().copies().answer(about, context.connection());
            case Request.AskForCode ask -> context.write(context.codes().ask(ask, context.tock()));
            case Request.ApproveCode approve -> decide(approve);
            case Request.KeepToken keep -> {
                context.server().access().forgetExpiredTokens();
                own(keep, () -> OwnTokens.keep(keep, context.access().principal(), System.currentTimeMillis() / 1e3));
            }
            case Request.ChangePassword change -> change(change);
            case Request.DropToken drop ->
                own(
                        drop,
                        () -> OwnTokens.drop(
                                drop,
                                context.access().principal(),
                                context.server().access().table()));
            case Request.OpenSession open -> context.write(context.session().open(open));
            case Request.AttachSession attach -> context.write(context.session().attach(attach));
            case Request.RenewSession(Seq seq) ->
                context.write(context.session().renew(seq));
            case Request.EndSession(Seq seq) -> context.write(context.session().end(seq));
            case Request.Hello(int qlen, String seal) -> {
                context.connection().window(qlen);
                if (seal != null) {
                    context.server().copies().heard(seal);
                }
            }
            case Request.Ack(Seq seq, long ack) -> context.connection().acknowledge(seq, ack);
            case Request.StreamEnd _ -> {}
            case Request.Unsupported unsupported -> unsupported(unsupported);
            case Request.Unknown(Seq seq, String action, boolean _) ->
                error(seq, "action: '" + action + "' (expected: an action of the protocol)", Etype.ACTION);
            case Request.Malformed malformed ->
                context.fail(new Reply.Failed(malformed.seq(), malformed.reason(), Etype.REQUEST, context.tock()));
        }
    }

    private Reply nodes(Request.OfNodes about) {
        NodeService nodes = context.server().nodes();
        return nodes.answer(
                about, context.access().principal(), context.connection().peer(), context.tock());
    }

    private void logIn(Request.LogIn request) {
        Reply.Failed refusal = context.logIns().logIn(request, context.tock());
        if (refusal != null) {
            context.fail(refusal);
            return;
        }
        context.write(new Reply.StreamStart(request.seq(), context.tock()));
        context.write(new Reply.StreamEnd(request.seq(), context.tock()));
    }

    private void decide(Request.ApproveCode request) {
        switch (context.codes().decide(request, context.tock())) {
            case Reply.Failed failed -> context.fail(failed);
            case Reply decided -> context.write(decided);
        }
    }

    private void change(Request.ChangePassword request) {
        LogIns.PasswordChange change =
                context.logIns().change(request, context.server().store().treeName(), context.tock());
        if (change.refusal() != null) {
            context.fail(change.refusal());
        } else if (change.write() != null) {
            answer(change.write());
        }
    }

    /** Carries out the write of a user's own token. */
    private void own(Request request, Supplier<Request> write) {
        try {
            answer(write.get());
        } catch (IllegalArgumentException e) {
            context.access().denied(String.valueOf(e.getMessage()));
            context.fail(new Reply.Failed(request.seq(), String.valueOf(e.getMessage()), Etype.ACCESS, context.tock()));
        }
    }

    private void whoAmI(Seq seq) {
        Principal principal = context.access().principal();
        if (principal == null) {
            context.write(new Reply.Done(seq, context.tock()));
            return;
        }
        List<String> rules =
                context.access().rights().rules().stream().map(Rule::toString).toList();
        context.write(new Reply.Result(
                seq,
                Values.encode(Map.of(
                        "name",
                        principal.label(),
                        "all",
                        context.access().rights().isAll(),
                        "rules",
                        rules)),
                context.tock()));
    }

    private void error(Seq seq, String text, Etype etype) {
        context.fail(new Reply.Failed(seq, text, etype, context.tock()));
    }

    private void result(Seq seq, boolean result) {
        context.write(new Reply.Result(seq, Values.encode(result), context.tock()));
    }

    private void root(Request.Root request) {
        Path path = context.root().append(request.path());
        if (RequestPaths.isInternal(path)) {
            context.write(ErrorReplies.internal(request.seq(), path, context.tock()));
            return;
        }
        if (path.key().length > WirePath.MAX_SIZE) {
            error(
                    request.seq(),
                    "path: " + path.key().length + " bytes (expected: at most " + WirePath.MAX_SIZE + ")",
                    Etype.REQUEST);
            return;
        }
        context.server().replica().makeKnown(path);
        context.root(path);
        context.write(reads.entry(request.seq(), path, Path.ROOT));
    }

    private void send(Request.MsgSend request) {
        if (TopicPattern.isPattern(request.topic())) {
            error(request.seq(), "topic: with a wildcard (expected: none, to send to)", Etype.REQUEST);
            return;
        }
        List<String> topic = TopicPattern.rooted(context.server().messageRoot(), request.topic());
        TopicMessage message = TopicMessage.of(topic, request);
        int size = message.size();
        if (size > ErrorReplies.maxValue(context.server())) {
            context.write(ErrorReplies.tooLarge(request.seq(), "data", size, context));
            return;
        }
        context.server().hub().send(message);
        context.write(new Reply.Done(request.seq(), context.tock()));
    }

    private void monitor(Request.MsgMonitor request) {
        if (!TopicPattern.isValid(request.topic())) {
            error(request.seq(), "topic: '#' before the last level (expected: at its end only)", Etype.REQUEST);
            return;
        }
        List<String> pattern = TopicPattern.rooted(context.server().messageRoot(), request.topic());
        String shown = ReprText.cut(String.join("/", pattern));
        MonitorStream monitor = new MonitorStream(
                request.seq(), context.connection(), context.server().hub(), pattern, shown, request.raw());
        if (context.connection().admit(monitor)) {
            context.server().hub().add(pattern, monitor);
            context.connection().writer().ready(monitor);
        }
    }

    /** Whether the client has the right of this letter; without one, the letters of its rights. */
    private Object access(Path path, @Nullable String letter) {
        ConnectionAccess access = context.access();
        if (access.rights().isAll()) {
            return true;
        }
        String letters = (access.mayRead(path) ? READ_LETTERS : "") + (access.mayWrite(path) ? WRITE_LETTERS : "");
        if (letter == null) {
            return letters.isEmpty() ? false : letters;
        }
        return !letter.isEmpty() && letters.contains(letter);
    }

    private void testAcl(Request.TestAcl request) {
        if (request.acl() != null) {
            error(
                    request.seq(),
                    "acl: '" + ReprText.cut(request.acl()) + "' (expected: none, there are no access lists)",
                    Etype.NOTFOUND);
            return;
        }
        Path path = context.root().append(request.path());
        context.write(new Reply.Access(request.seq(), Values.encode(access(path, request.mode())), context.tock()));
    }

    private void unsupported(Request.Unsupported request) {
        if (request.action().equals("auth_info")) {
            // It asks for the entry that names the current authentication method, which does not exist.
            Snapshot now = context.server().replica().snapshot();
            context.write(new Reply.Done(request.seq(), now.tock()));
        } else if (USER_MANAGEMENT.contains(request.action())) {
            error(
                    request.seq(),
                    request.action() + ": users are managed by the command line (expected: distkv user --help)",
                    Etype.ACCESS);
        } else {
            error(request.seq(), request.action() + ": this server does not support this action", Etype.ACTION);
        }
    }
}
