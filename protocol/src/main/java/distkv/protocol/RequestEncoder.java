package distkv.protocol;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes requests straight into a connection's buffer. Used by one thread at a time. */
public final class RequestEncoder {
    private final MsgWriter out;
    private int fields;

    public RequestEncoder(MsgWriter out) {
        this.out = out;
    }

    /** Writes a request. {@link Request.Unsupported} and its like are written as what they were read from. */
    public void write(Request request) {
        int head = out.size();
        out.put(0);
        fields = 0;
        try {
            content(request);
            Seq seq = request instanceof Request.Hello ? Seq.of(0) : request.seq();
            if (seq != null) {
                key(Key.SEQ);
                seq.write(out);
            }
        } catch (RuntimeException e) {
            out.truncate(head);
            throw e;
        }
        // No request has more than the 15 keys that a one-byte head can count.
        out.patch(head, 0x80 | fields);
    }

    private void content(Request request) {
        switch (request) {
            case Request.GetValue get -> {
                action(get.internal() ? Action.GET_INTERNAL : Action.GET_VALUE);
                path(get.path());
                chained(get.chain());
            }
            case Request.GetByTick get -> {
                action(Action.GET_VALUE);
                text(Key.NODE, get.node());
                number(Key.TICK, get.tick());
                chained(get.chain());
            }
            case Request.EnumerateNode enumerate -> {
                action(Action.ENUM_NODE);
                text(Key.NODE, enumerate.node());
                number(Key.MAX, enumerate.max());
            }
            case Request.SetValue set -> {
                action(set.internal() ? Action.SET_INTERNAL : Action.SET_VALUE);
                path(set.path());
                value(Key.VALUE, set.value());
                conditions(set.conditions());
                flag(Key.IDEM, set.idem());
                flag(Key.SESSION, set.session());
                chained(set.chain());
            }
            case Request.DeleteValue delete -> {
                action(delete.internal() ? Action.DELETE_INTERNAL : Action.DELETE_VALUE);
                path(delete.path());
                conditions(delete.conditions());
                chained(delete.chain());
            }
            case Request.DeleteTree delete -> {
                action(Action.DELETE_TREE);
                path(delete.path());
                guards(delete.guards());
                chained(delete.chain());
            }
            case Request.GetTree tree -> {
                action(tree.internal() ? Action.GET_TREE_INTERNAL : Action.GET_TREE);
                path(tree.path());
                depths(tree.depths());
                flag(Key.EMPTY, tree.empty());
                chained(tree.chain());
            }
            case Request.Watch watch -> {
                action(Action.WATCH);
                path(watch.path());
                depths(watch.depths());
                flag(Key.FETCH, watch.fetch());
                if (watch.since() != null) {
                    number(Key.SINCE, watch.since());
                }
                chained(watch.chain());
            }
            case Request.Enumerate enumerate -> {
                action(enumerate.internal() ? Action.ENUM_INTERNAL : Action.ENUM);
                path(enumerate.path());
                flag(Key.WITH_DATA, enumerate.data());
                flag(Key.EMPTY, enumerate.empty());
            }
            case Request.Root root -> {
                action(Action.ROOT);
                path(root.path());
            }
            case Request.GetState state -> {
                action(Action.GET_STATE);
                state.parts().forEach(part -> flag(part.key(), true));
            }
            case Request.GetTock _ -> action(Action.GET_TOCK);
            case Request.Stop stop -> {
                action(Action.STOP);
                key(Key.TASK);
                stop.task().write(out);
            }
            case Request.MsgSend send -> {
                action(Action.MSG_SEND);
                topic(send.topic());
                value(Key.DATA, send.data());
                if (send.raw() != null) {
                    key(Key.RAW);
                    out.bytes(send.raw().array());
                }
            }
            case Request.MsgMonitor monitor -> {
                action(Action.MSG_MONITOR);
                topic(monitor.topic());
                flag(Key.RAW, monitor.raw());
            }
            default -> rare(request);
        }
    }

    private void rare(Request request) {
        switch (request) {
            case Request.TestAcl test -> {
                action(Action.TEST_ACL);
                path(test.path());
                textIfAny(Key.MODE, test.mode());
                textIfAny(Key.ACL, test.acl());
            }
            case Request.OpenSession open -> {
                action(Action.SESSION);
                key(Key.TTL);
                out.real(open.ttl().toNanos() / 1e9);
            }
            case Request.AttachSession attach -> {
                action(Action.SESSION);
                number(Key.SESSION, attach.session());
                text(Key.SECRET, attach.secret());
            }
            case Request.RenewSession _ -> action(Action.SESSION_RENEW);
            case Request.EndSession _ -> action(Action.SESSION_END);
            case Request.CommitAll commit -> {
                action(Action.COMMIT);
                writes(commit.writes());
                guards(commit.guards());
            }
            case Request.Hello hello -> number(Key.QLEN, hello.qlen());
            case Request.Ack ack -> {
                text(Key.STATE, "ack");
                number(Key.ACK, ack.ack());
            }
            case Request.StreamEnd _ -> text(Key.STATE, "end");
            case Request.Unsupported unsupported -> text(Key.ACTION, unsupported.action());
            case Request.Unknown unknown -> text(Key.ACTION, unknown.action());
            default -> throw new IllegalArgumentException("request " + request + " (expected: a well-formed one)");
        }
    }

    private void action(Action action) {
        text(Key.ACTION, action.toString());
    }

    private void path(Path path) {
        key(Key.PATH);
        WirePath.write(out, path);
    }

    private void chained(boolean chain) {
        number(Key.NCHAIN, chain ? 1 : 0);
    }

    private void depths(Depths depths) {
        if (depths.min() != 0) {
            number(Key.MIN_DEPTH, depths.min());
        }
        if (depths.max() != Integer.MAX_VALUE) {
            number(Key.MAX_DEPTH, depths.max());
        }
    }

    private void conditions(Conditions conditions) {
        if (!(conditions.chain() instanceof Chained.Unchecked)) {
            key(Key.CHAIN);
            RequestParts.chain(out, conditions.chain());
        }
        value(Key.PREV, conditions.prev());
        guards(conditions.guards());
    }

    private void guards(List<Guard> guards) {
        if (!guards.isEmpty()) {
            key(Key.GUARD);
            RequestParts.guards(out, guards);
        }
    }

    private void writes(List<CommitWrite> writes) {
        key(Key.WRITES);
        out.array(writes.size());
        writes.forEach(write -> RequestParts.write(out, write));
    }

    private void topic(List<String> topic) {
        key(Key.TOPIC);
        Values.write(out, topic);
    }

    private void key(Key key) {
        fields++;
        key.write(out);
    }

    private void flag(Key key, boolean value) {
        if (value) {
            key(key);
            out.flag(true);
        }
    }

    private void number(Key key, long number) {
        key(key);
        out.number(number);
    }

    private void text(Key key, String text) {
        key(key);
        out.text(text);
    }

    private void textIfAny(Key key, @Nullable String text) {
        if (text != null) {
            text(key, text);
        }
    }

    private void value(Key key, @Nullable Value value) {
        if (value != null) {
            key(key);
            out.value(value);
        }
    }
}
