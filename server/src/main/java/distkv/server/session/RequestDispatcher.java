package distkv.server.session;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import distkv.server.tree.Snapshot;
import java.util.List;
import java.util.Set;

/** Does what requests ask for. Used by whoever has the session's turn to read. */
final class RequestDispatcher {
    private static final Set<String> AUTHENTICATION =
            Set.of("auth", "auth_get", "auth_set", "auth_list", "auth_info", "set_auth_typ", "diffie_hellman");

    private final Connection session;
    private final OutputBuffer output;
    private final ReadRequests reads;
    private final WriteRequests writes;
    private final RetriedWrites repeats;

    RequestDispatcher(Connection session) {
        this.session = session;
        this.output = session.output();
        this.reads = new ReadRequests(session);
        this.writes = new WriteRequests(session);
        this.repeats = new RetriedWrites(session, writes);
    }

    /** Whether a request is done without waiting for anybody, so that the {@link EventLoop} may do it. */
    boolean isShort(Request request) {
        return switch (request) {
            case Request.GetValue _ -> session.inFlight().isEmpty();
            case Request.SetValue set ->
                !set.idem() && writes.areShort(set.conditions(), set.value().size());
            case Request.DeleteValue delete -> writes.areShort(delete.conditions(), 0);
            case Request.Ack _, Request.Hello _, Request.StreamEnd _ -> true;
            // What must be done in time does not wait for a thread that others have.
            case Request.RenewSession _ -> session.lease().isShort();
            default -> false;
        };
    }

    void handle(Request request) {
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
                Request left = repeats.settle(again);
                if (left != null) {
                    handle(left);
                }
            }
            case Request.Stop(Seq seq, Seq task) -> result(seq, session.stop(task));
            case Request.MsgSend send -> send(send);
            case Request.MsgMonitor monitor -> monitor(monitor);
            case Request.TestAcl test -> testAcl(test);
            case Request.OpenSession open -> output.write(session.lease().open(open));
            case Request.AttachSession attach -> output.write(session.lease().attach(attach));
            case Request.RenewSession(Seq seq) -> output.write(session.lease().renew(seq));
            case Request.EndSession(Seq seq) -> output.write(session.lease().end(seq));
            case Request.Hello(int qlen) -> session.window(qlen);
            case Request.Ack(Seq seq, long ack) -> session.acknowledge(seq, ack);
            case Request.StreamEnd _ -> {}
            case Request.Unsupported unsupported -> unsupported(unsupported);
            case Request.Unknown(Seq seq, String action, boolean _) ->
                error(seq, "action: '" + action + "' (expected: an action of the protocol)", Etype.ACTION);
            case Request.Malformed malformed ->
                session.fail(new Reply.Failed(malformed.seq(), malformed.reason(), Etype.REQUEST, session.tock()));
        }
    }

    private void error(Seq seq, String text, Etype etype) {
        session.fail(new Reply.Failed(seq, text, etype, session.tock()));
    }

    private void result(Seq seq, boolean result) {
        output.write(new Reply.Result(seq, Values.encode(result), session.tock()));
    }

    private void root(Request.Root request) {
        Path path = RequestPaths.below(session.root(), request.path());
        if (RequestPaths.isInternal(path)) {
            output.write(ErrorReplies.internal(request.seq(), path, session.tock()));
            return;
        }
        if (path.key().length > WirePath.MAX_SIZE) {
            error(
                    request.seq(),
                    "path: " + path.key().length + " bytes (expected: at most " + WirePath.MAX_SIZE + ")",
                    Etype.REQUEST);
            return;
        }
        session.site().replica().know(path);
        session.root(path);
        output.write(reads.entry(request.seq(), path, Path.ROOT));
    }

    private void send(Request.MsgSend request) {
        if (TopicPattern.isPattern(request.topic())) {
            error(request.seq(), "topic: with a wildcard (expected: none, to send to)", Etype.REQUEST);
            return;
        }
        List<String> topic = TopicPattern.rooted(session.site().messageRoot(), request.topic());
        MessageHub.Message message = Messages.of(topic, request);
        int size = message.raw().array().length;
        if (size > ErrorReplies.maxValue(session.site())) {
            output.write(ErrorReplies.tooLarge(request.seq(), "data", size, session));
            return;
        }
        session.site().hub().send(message);
        output.write(new Reply.Done(request.seq(), session.tock()));
    }

    private void monitor(Request.MsgMonitor request) {
        if (!TopicPattern.isSound(request.topic())) {
            error(request.seq(), "topic: '#' before the last level (expected: at its end only)", Etype.REQUEST);
            return;
        }
        List<String> pattern = TopicPattern.rooted(session.site().messageRoot(), request.topic());
        MonitorStream monitor = new MonitorStream(
                request.seq(),
                session.window(),
                session.site(),
                pattern,
                request.raw(),
                session.outbox(),
                session.streamMemory());
        if (session.admit(monitor)) {
            session.site().hub().add(pattern, monitor);
            session.outbox().ready(monitor);
        }
    }

    /** There are no access lists yet: everybody may do everything. */
    private void testAcl(Request.TestAcl request) {
        if (request.acl() != null) {
            error(
                    request.seq(),
                    "acl: '" + PythonRepr.cut(request.acl()) + "' (expected: none, there are no access lists)",
                    Etype.NOTFOUND);
            return;
        }
        Value yes = Values.encode(true);
        output.write(new Reply.Access(request.seq(), yes, session.tock()));
    }

    private void unsupported(Request.Unsupported request) {
        if (request.action().equals("auth_info")) {
            // It asks for the entry that names the current method of logging in, which is not there.
            Snapshot now = session.site().replica().snapshot();
            output.write(new Reply.Done(request.seq(), now.tock()));
        } else if (AUTHENTICATION.contains(request.action())) {
            error(request.seq(), request.action() + ": this server has no authentication", Etype.ACCESS);
        } else {
            error(request.seq(), request.action() + ": this server does not do that", Etype.ACTION);
        }
    }
}
