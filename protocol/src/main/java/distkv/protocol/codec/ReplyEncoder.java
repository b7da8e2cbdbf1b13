package distkv.protocol.codec;

import distkv.model.Chain;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes replies into a connection's buffer. */
public final class ReplyEncoder {
    private final MapWriter map;

    public ReplyEncoder(MsgWriter out) {
        map = new MapWriter(out);
    }

    /** Writes a reply outside flow control. */
    public void write(Reply reply) {
        write(reply, 0);
    }

    /**
     * Writes a reply.
     *
     * @param wseq the number of this item in its stream, for flow control; 0 for none
     */
    public void write(Reply reply, long wseq) {
        map.message(() -> {
            content(reply);
            Seq seq = reply.seq();
            if (seq != null) {
                seq.write(map.key(Key.SEQ));
            }
            if (reply.tock() != 0) {
                map.number(Key.TOCK, reply.tock());
            }
            if (wseq != 0) {
                map.number(Key.WSEQ, wseq);
            }
        });
    }

    private void content(Reply reply) {
        switch (reply) {
            case Reply.Greeting greeting -> greeting(greeting);
            case Reply.Done _ -> {}
            case Reply.Got got -> {
                map.value(Key.VALUE, got.value());
                if (got.asked()) {
                    chain(got.chain());
                }
                if (got.path() != null) {
                    WirePath.writeExt(map.key(Key.PATH), got.path());
                }
                origin(got.origin());
            }
            case Reply.Changed changed -> {
                map.key(Key.CHANGED).flag(changed.changed());
                map.value(Key.PREV, changed.previous());
                chainIfAny(changed.chain());
                map.textIfAny(Key.NOTE, changed.note());
            }
            case Reply.Count count -> map.number(Key.CHANGED, count.changed());
            case Reply.Result result -> map.value(Key.RESULT, result.result());
            case Reply.Access access -> map.value(Key.ACCESS, access.access());
            case Reply.State state -> {
                map.text(Key.NODE, state.node());
                state.parts().forEach((part, value) -> map.value(Key.of(part), value));
            }
            case Reply.SessionOpened opened -> {
                map.number(Key.SESSION, opened.session());
                map.textIfAny(Key.SECRET, opened.secret());
                ttl(opened.ttl());
                map.textIfAny(Key.SOCKET, opened.socket());
            }
            case Reply.SessionRenewed renewed -> ttl(renewed.ttl());
            case Reply.PublicKey key -> map.bytes(Key.PUBKEY, key.key());
            case Reply.Committed committed -> {
                MsgWriter out = map.key(Key.TICKS).array(committed.ticks().size());
                committed.ticks().forEach(out::number);
            }
            case Reply.StreamStart start -> {
                map.text(Key.STATE, "start");
                if (start.refused()) {
                    map.key(Key.REFUSED).flag(true);
                }
            }
            case Reply.StreamEnd _ -> map.text(Key.STATE, "end");
            case Reply.UpToDate _ -> map.text(Key.STATE, "uptodate");
            case Reply.Item item -> {
                path(item.depth(), item.path());
                map.value(Key.VALUE, item.value());
                chainIfAny(item.chain());
                origin(item.origin());
            }
            case Reply.Removed removed -> {
                path(removed.depth(), removed.path());
                map.value(Key.OLD_VALUE, removed.oldValue());
                map.text(Key.NODE, removed.chain().node());
                map.number(Key.TICK, removed.chain().tick());
                map.key(Key.PREV).nil();
            }
            case Reply.Message message -> message(message);
            case Reply.Ack ack -> {
                map.text(Key.STATE, "ack");
                map.number(Key.ACK, ack.ack());
            }
            case Reply.Failed error -> error(error);
        }
    }

    private void greeting(Reply.Greeting greeting) {
        map.text(Key.NODE, greeting.node());
        map.list(Key.VERSION, greeting.version());
        map.number(Key.TICK, greeting.tick());
        if (greeting.qlen() != 0) {
            map.number(Key.QLEN, greeting.qlen());
        }
        if (!greeting.auth().isEmpty()) {
            map.list(Key.AUTH, greeting.auth());
        }
        if (!greeting.extensions().isEmpty()) {
            map.list(Key.EXT, greeting.extensions());
        }
        if (greeting.writer() != 0) {
            map.number(Key.WRITER, greeting.writer());
        }
        Reply.Standing standing = greeting.standing();
        if (standing != null) {
            map.text(Key.TREE, standing.tree());
            map.number(Key.EPOCH, standing.epoch());
            map.text(Key.SEAL, standing.seal());
            map.value(Key.COPY, standing.copy());
        }
    }

    private void message(Reply.Message message) {
        map.list(Key.TOPIC, message.topic());
        map.value(Key.DATA, message.data());
        map.bytes(Key.RAW, message.raw());
        map.textIfAny(Key.ERROR, message.error());
    }

    private void error(Reply.Failed error) {
        map.text(Key.ERROR, error.text());
        if (error.etype() != Etype.OTHER) {
            map.text(Key.ETYPE, error.etype().word());
        }
        Reply.Found found = error.found();
        if (found != null) {
            map.path(found.path());
            Values.write(map.key(Key.TICK), found.tick());
        }
    }

    private void path(int depth, Path path) {
        map.number(Key.DEPTH, depth);
        map.path(path);
    }

    private void ttl(Duration ttl) {
        map.key(Key.TTL).real(ttl.toNanos() / 1e9);
    }

    private void origin(@Nullable Origin origin) {
        if (origin != null) {
            map.text(Key.BY, origin.by());
            if (origin.cause() != 0) {
                map.number(Key.CAUSE, origin.cause());
            }
        }
    }

    private void chainIfAny(@Nullable Chain chain) {
        if (chain != null) {
            chain(chain);
        }
    }

    private void chain(@Nullable Chain chain) {
        MsgWriter out = map.key(Key.CHAIN);
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
