package distkv.protocol.codec;

import distkv.model.Depths;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.WriteId;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.MsgWriter;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.WirePath;
import distkv.protocol.WriteConditions;
import java.util.List;

/** Writes requests into a connection's buffer. */
public final class RequestEncoder {
    private final MapWriter map;

    public RequestEncoder(MsgWriter out) {
        map = new MapWriter(out);
    }

    /** Writes a request. An unanswerable one such as {@link Request.Unsupported} is written as it was read. */
    public void write(Request request) {
        map.message(() -> {
            content(request);
            Seq seq = request instanceof Request.Hello ? Seq.of(0) : request.seq();
            if (seq != null) {
                seq.write(map.key(Key.SEQ));
            }
        });
    }

    private void open(Request.OpenSession open) {
        action(Action.SESSION);
        map.key(Key.TTL).real(open.ttl().toNanos() / 1e9);
    }

    private void hello(Request.Hello hello) {
        map.number(Key.QLEN, hello.qlen());
        map.textIfAny(Key.SEAL, hello.seal());
    }

    private void content(Request request) {
        switch (request) {
            case Request.GetValue get -> {
                action(get.internal() ? Action.GET_INTERNAL : Action.GET_VALUE);
                map.path(get.path());
                flag(Key.BY, get.by());
                chained(get.chain());
            }
            case Request.GetByTick get -> byTick(get);
            case Request.EnumerateNode enumerate -> enumerateNode(enumerate);
            case Request.SetValue set -> set(set);
            case Request.DeleteValue delete -> delete(delete);
            case Request.DeleteTree delete -> deleteTree(delete);
            case Request.GetTree tree -> tree(tree);
            case Request.Watch watch -> watch(watch);
            case Request.Enumerate enumerate -> enumerate(enumerate);
            case Request.Root root -> {
                action(Action.ROOT);
                map.path(root.path());
            }
            case Request.GetState state -> {
                action(Action.GET_STATE);
                state.parts().forEach(part -> flag(Key.of(part), true));
            }
            case Request.GetTock _ -> action(Action.GET_TOCK);
            case Request.Stop stop -> {
                action(Action.STOP);
                stop.task().write(map.key(Key.TASK));
            }
            case Request.MsgSend send -> send(send);
            case Request.MsgMonitor monitor -> monitor(monitor);
            case Request.TestAcl test -> testAcl(test);
            case Request.OpenSession open -> open(open);
            case Request.AttachSession attach -> attach(attach);
            case Request.RenewSession _ -> action(Action.SESSION_RENEW);
            case Request.EndSession _ -> action(Action.SESSION_END);
            case Request.CommitAll commit -> commit(commit);
            case Request.DiffieHellman agree -> agree(agree);
            case Request.LogIn logIn -> logIn(logIn);
            case Request.WhoAmI _ -> action(Action.AUTH_INFO);
            case Request.OfNodes about -> NodeRequests.write(map, about);
            case Request.OfCopies about -> CopyRequests.write(map, about);
            case Request.AskForCode ask -> askForCode(ask);
            case Request.ApproveCode approve -> approve(approve);
            case Request.KeepToken keep -> keep(keep);
            case Request.DropToken drop -> drop(drop);
            case Request.ChangePassword change -> change(change);
            case Request.Again again -> {
                content(again.write());
                again(again);
            }
            case Request.Hello hello -> hello(hello);
            case Request.Ack ack -> {
                map.text(Key.STATE, "ack");
                map.number(Key.ACK, ack.ack());
            }
            case Request.StreamEnd _ -> map.text(Key.STATE, "end");
            case Request.Unsupported unsupported -> unanswerable(unsupported.action(), unsupported.stream());
            case Request.Unknown unknown -> unanswerable(unknown.action(), unknown.stream());
            case Request.Malformed _ ->
                throw new IllegalArgumentException("request " + request + " (expected: a well-formed one)");
        }
    }

    private void commit(Request.CommitAll commit) {
        action(Action.COMMIT);
        writes(commit.writes());
        guards(commit.guards());
        cause(commit.cause());
        map.textIfAny(Key.BY, commit.by());
    }

    private void agree(Request.DiffieHellman agree) {
        action(Action.DIFFIE_HELLMAN);
        map.bytes(Key.PUBKEY, agree.publicKey());
    }

    private void askForCode(Request.AskForCode ask) {
        action(Action.AUTH_CODE);
        map.text(Key.CLIENT, ask.client());
    }

    private void drop(Request.DropToken drop) {
        action(Action.AUTH_TOKEN);
        map.text(Key.ID, drop.id());
    }

    private void change(Request.ChangePassword change) {
        action(Action.AUTH_PASSWORD);
        map.textIfAny(Key.PASSWORD, change.present().text());
        map.textIfAny(Key.NEW, change.next().text());
    }

    private void logIn(Request.LogIn logIn) {
        action(Action.AUTH);
        map.text(Key.TYP, logIn.method());
        boolean byToken = Request.LogIn.isByToken(logIn.method());
        if (!byToken) {
            map.text(Key.IDENT, logIn.user());
        }
        map.textIfAny(byToken ? Key.TOKEN : Key.PASSWORD, logIn.secret().text());
        map.bytes(Key.PASSWORD, logIn.secret().encrypted());
    }

    private void approve(Request.ApproveCode approve) {
        action(Action.AUTH_APPROVE);
        map.text(Key.CODE, approve.code());
        map.textIfAny(Key.IDENT, approve.user());
        if (approve.approved() != null) {
            map.key(Key.APPROVED).flag(approve.approved());
        }
    }

    private void keep(Request.KeepToken keep) {
        action(Action.AUTH_TOKEN);
        map.text(Key.ID, keep.id());
        map.text(Key.NAME, keep.name());
        map.text(Key.HASH, keep.hash());
        map.key(Key.EXPIRES).real(keep.expires());
    }

    private void byTick(Request.GetByTick get) {
        action(Action.GET_VALUE);
        map.text(Key.NODE, get.node());
        map.number(Key.TICK, get.tick());
        chained(get.chain());
    }

    private void enumerateNode(Request.EnumerateNode enumerate) {
        action(Action.ENUM_NODE);
        map.text(Key.NODE, enumerate.node());
        map.number(Key.MAX, enumerate.max());
    }

    private void set(Request.SetValue set) {
        action(set.internal() ? Action.SET_INTERNAL : Action.SET_VALUE);
        map.path(set.path());
        map.value(Key.VALUE, set.value());
        conditions(set.conditions());
        flag(Key.IDEM, set.idem());
        flag(Key.SESSION, set.session());
        cause(set.cause());
        chained(set.chain());
    }

    private void delete(Request.DeleteValue delete) {
        action(delete.internal() ? Action.DELETE_INTERNAL : Action.DELETE_VALUE);
        map.path(delete.path());
        conditions(delete.conditions());
        cause(delete.cause());
        chained(delete.chain());
    }

    private void deleteTree(Request.DeleteTree delete) {
        action(Action.DELETE_TREE);
        map.path(delete.path());
        guards(delete.guards());
        cause(delete.cause());
        chained(delete.chain());
    }

    private void tree(Request.GetTree tree) {
        action(tree.internal() ? Action.GET_TREE_INTERNAL : Action.GET_TREE);
        map.path(tree.path());
        depths(tree.depths());
        flag(Key.EMPTY, tree.empty());
        flag(Key.SORTED, tree.sorted());
        flag(Key.BY, tree.by());
        chained(tree.chain());
    }

    private void watch(Request.Watch watch) {
        action(Action.WATCH);
        map.path(watch.path());
        only(watch.only());
        depths(watch.depths());
        flag(Key.FETCH, watch.fetch());
        flag(Key.SORTED, watch.sorted());
        flag(Key.BY, watch.by());
        if (watch.since() != null) {
            map.number(Key.SINCE, watch.since());
        }
        chained(watch.chain());
    }

    private void enumerate(Request.Enumerate enumerate) {
        action(enumerate.internal() ? Action.ENUM_INTERNAL : Action.ENUM);
        map.path(enumerate.path());
        flag(Key.WITH_DATA, enumerate.data());
        flag(Key.EMPTY, enumerate.empty());
        flag(Key.SORTED, enumerate.sorted());
    }

    private void send(Request.MsgSend send) {
        action(Action.MSG_SEND);
        map.list(Key.TOPIC, send.topic());
        map.value(Key.DATA, send.data());
        map.bytes(Key.RAW, send.raw());
    }

    private void monitor(Request.MsgMonitor monitor) {
        action(Action.MSG_MONITOR);
        map.list(Key.TOPIC, monitor.topic());
        flag(Key.RAW, monitor.raw());
    }

    private void testAcl(Request.TestAcl test) {
        action(Action.TEST_ACL);
        map.path(test.path());
        map.textIfAny(Key.MODE, test.mode());
        map.textIfAny(Key.ACL, test.acl());
    }

    private void attach(Request.AttachSession attach) {
        action(Action.SESSION);
        map.number(Key.SESSION, attach.session());
        map.text(Key.SECRET, attach.secret());
    }

    private void again(Request.Again again) {
        MsgWriter out = map.key(Key.AGAIN).array(again.attempts().size());
        for (WriteId attempt : again.attempts()) {
            out.array(2);
            out.number(attempt.writer());
            out.number(attempt.number());
        }
        map.number(Key.SINCE, again.since());
    }

    private void action(Action action) {
        map.text(Key.ACTION, action.toString());
    }

    private void unanswerable(String action, boolean stream) {
        map.text(Key.ACTION, action);
        if (stream) {
            map.text(Key.STATE, "start");
        }
    }

    private void cause(long cause) {
        if (cause != 0) {
            map.number(Key.CAUSE, cause);
        }
    }

    private void chained(boolean chain) {
        map.number(Key.NCHAIN, chain ? 1 : 0);
    }

    private void only(List<Path> only) {
        if (!only.isEmpty()) {
            MsgWriter out = map.key(Key.ONLY).array(only.size());
            only.forEach(path -> WirePath.write(out, path));
        }
    }

    private void depths(Depths depths) {
        if (depths.min() != 0) {
            map.number(Key.MIN_DEPTH, depths.min());
        }
        if (depths.max() != Integer.MAX_VALUE) {
            map.number(Key.MAX_DEPTH, depths.max());
        }
    }

    private void conditions(WriteConditions conditions) {
        if (!(conditions.chain() instanceof ChainCondition.Unchecked)) {
            RequestParts.chain(map.key(Key.CHAIN), conditions.chain());
        }
        map.value(Key.PREV, conditions.prev());
        guards(conditions.guards());
    }

    private void guards(List<Guard> guards) {
        if (!guards.isEmpty()) {
            RequestParts.guards(map.key(Key.GUARD), guards);
        }
    }

    private void writes(List<CommitWrite> writes) {
        MsgWriter out = map.key(Key.WRITES).array(writes.size());
        writes.forEach(write -> RequestParts.write(out, write));
    }

    private void flag(Key key, boolean value) {
        if (value) {
            map.key(key).flag(true);
        }
    }
}
