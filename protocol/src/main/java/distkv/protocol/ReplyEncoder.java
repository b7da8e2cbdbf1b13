package distkv.protocol;

import distkv.model.Chain;
import distkv.model.Path;
import distkv.model.Value;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes replies straight into a connection's buffer. Used by the one thread that writes the connection. */
public final class ReplyEncoder {
    private final MsgWriter out;
    private int fields;

    public ReplyEncoder(MsgWriter out) {
        this.out = out;
    }

    /** Writes a reply that is not counted by flow control. */
    public void write(Reply reply) {
        write(reply, 0);
    }

    /**
     * Writes a reply.
     *
     * @param wseq the number of this item in its stream, for flow control; 0: none
     */
    public void write(Reply reply, long wseq) {
        int head = out.size();
        out.put(0);
        fields = 0;
        try {
            content(reply);
        } catch (RuntimeException e) {
            out.truncate(head);
            throw e;
        }
        Seq seq = reply.seq();
        if (seq != null) {
            key(Key.SEQ);
            seq.write(out);
        }
        if (reply.tock() != 0) {
            number(Key.TOCK, reply.tock());
        }
        if (wseq != 0) {
            number(Key.WSEQ, wseq);
        }
        // No reply has more than the 15 keys that a one-byte head can count.
        out.patch(head, 0x80 | fields);
    }

    private void content(Reply reply) {
        switch (reply) {
            case Reply.Greeting greeting -> greeting(greeting);
            case Reply.Done _ -> {}
            case Reply.Got got -> {
                value(Key.VALUE, got.value());
                if (got.asked()) {
                    chain(got.chain());
                }
                if (got.path() != null) {
                    key(Key.PATH);
                    WirePath.writeExt(out, got.path());
                }
            }
            case Reply.Changed changed -> {
                key(Key.CHANGED);
                out.flag(changed.changed());
                value(Key.PREV, changed.previous());
                chainIfAny(changed.chain());
            }
            case Reply.Count count -> number(Key.CHANGED, count.changed());
            case Reply.Result result -> value(Key.RESULT, result.result());
            case Reply.Access access -> value(Key.ACCESS, access.access());
            case Reply.State state -> {
                text(Key.NODE, state.node());
                state.parts().forEach((part, value) -> value(part.key(), value));
            }
            case Reply.SessionOpened opened -> {
                number(Key.SESSION, opened.session());
                textIfAny(Key.SECRET, opened.secret());
                ttl(opened.ttl());
            }
            case Reply.SessionRenewed renewed -> ttl(renewed.ttl());
            case Reply.Committed committed -> {
                key(Key.TICKS);
                out.array(committed.ticks().size());
                committed.ticks().forEach(out::number);
            }
            case Reply.StreamStart _ -> text(Key.STATE, "start");
            case Reply.StreamEnd _ -> text(Key.STATE, "end");
            case Reply.UpToDate _ -> text(Key.STATE, "uptodate");
            case Reply.Item item -> {
                path(item.depth(), item.path());
                value(Key.VALUE, item.value());
                chainIfAny(item.chain());
            }
            case Reply.Removed removed -> {
                path(removed.depth(), removed.path());
                value(Key.OLD_VALUE, removed.oldValue());
                text(Key.NODE, removed.chain().node());
                number(Key.TICK, removed.chain().tick());
                key(Key.PREV);
                out.nil();
            }
            case Reply.Message message -> message(message);
            case Reply.Ack ack -> {
                text(Key.STATE, "ack");
                number(Key.ACK, ack.ack());
            }
            case Reply.Failed error -> error(error);
        }
    }

    private void greeting(Reply.Greeting greeting) {
        text(Key.NODE, greeting.node());
        list(Key.VERSION, greeting.version());
        number(Key.TICK, greeting.tick());
        if (greeting.qlen() != 0) {
            number(Key.QLEN, greeting.qlen());
        }
        if (!greeting.auth().isEmpty()) {
            list(Key.AUTH, greeting.auth());
        }
        if (!greeting.extensions().isEmpty()) {
            list(Key.EXT, greeting.extensions());
        }
    }

    private void message(Reply.Message message) {
        list(Key.TOPIC, message.topic());
        value(Key.DATA, message.data());
        if (message.raw() != null) {
            key(Key.RAW);
            out.bytes(message.raw().array());
        }
        textIfAny(Key.ERROR, message.error());
    }

    private void error(Reply.Failed error) {
        text(Key.ERROR, error.text());
        if (error.etype() != Etype.OTHER) {
            text(Key.ETYPE, error.etype().word());
        }
        Reply.Found found = error.found();
        if (found != null) {
            key(Key.PATH);
            WirePath.write(out, found.path());
            key(Key.TICK);
            Values.write(out, found.tick());
        }
    }

    private void key(Key key) {
        fields++;
        key.write(out);
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

    private void list(Key key, List<?> list) {
        key(key);
        Values.write(out, list);
    }

    private void path(int depth, Path path) {
        number(Key.DEPTH, depth);
        key(Key.PATH);
        WirePath.write(out, path);
    }

    private void ttl(Duration ttl) {
        key(Key.TTL);
        out.real(ttl.toNanos() / 1e9);
    }

    private void chainIfAny(@Nullable Chain chain) {
        if (chain != null) {
            chain(chain);
        }
    }

    private void chain(@Nullable Chain chain) {
        key(Key.CHAIN);
        if (chain == null) {
            out.nil();
            return;
        }
        out.map(3);
        Key.NODE.write(out);
        out.text(chain.node());
        Key.TICK.write(out);
        out.number(chain.tick());
        Key.PREV.write(out);
        out.nil();
    }
}
