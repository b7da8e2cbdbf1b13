package distkv.protocol.codec;

import distkv.model.Bytes;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.ProtocolException;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.time.Duration;
import java.util.List;

/** Reads and writes the requests about machines that join as nodes. */
final class NodeRequests {
    /** The most groups, and labels, of a node. */
    private static final int MOST = 64;

    /** In seconds. */
    private static final double SHORTEST_LIFE = 1;

    private static final double LONGEST_LIFE = 30 * 86_400;

    private NodeRequests() {}

    static Request read(Action action, Seq seq, MapReader fields) {
        return switch (action) {
            case NODE_INVITE ->
                new Request.InviteNode(
                        seq,
                        fields.text(Key.NODE),
                        texts(fields, Key.GROUPS),
                        texts(fields, Key.LABELS),
                        life(fields),
                        fields.textOrNull(Key.ADDRESS));
            case NODE_JOIN ->
                new Request.JoinAsNode(seq, new Request.Secret(fields.text(Key.SECRET), null), publicKey(fields));
            case NODE_RENEW -> new Request.RenewNode(seq, publicKey(fields));
            case NODE_LIST -> new Request.ListNodes(seq);
            case NODE_REVOKE -> new Request.RevokeNode(seq, fields.text(Key.NODE));
            default -> throw new IllegalArgumentException(action.toString());
        };
    }

    private static Bytes publicKey(MapReader fields) {
        Bytes key = fields.bytesOrNull(Key.PUBKEY);
        if (key == null) {
            throw new ProtocolException("pubkey: missing (expected: bytes)");
        }
        return key;
    }

    private static Duration life(MapReader fields) {
        double seconds = fields.real(Key.TTL);
        if (!(seconds >= SHORTEST_LIFE && seconds <= LONGEST_LIFE)) {
            throw fields.wrong(Key.TTL, "seconds, 1 to 2592000, which are 30 days");
        }
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }

    private static List<String> texts(MapReader fields, Key key) {
        return fields.list(key, "an array of texts", MOST, NodeRequests::text);
    }

    private static String text(MsgReader in) {
        if (in.next() != MsgType.TEXT) {
            throw new ProtocolException("not a text (expected: text)");
        }
        return in.text();
    }

    static void write(MapWriter map, Request.OfNodes request) {
        switch (request) {
            case Request.InviteNode invite -> {
                map.text(Key.ACTION, Action.NODE_INVITE.toString());
                map.text(Key.NODE, invite.name());
                map.list(Key.GROUPS, invite.groups());
                map.list(Key.LABELS, invite.labels());
                map.key(Key.TTL).real(invite.life().toMillis() / 1e3);
                map.textIfAny(Key.ADDRESS, invite.address());
            }
            case Request.JoinAsNode join -> {
                map.text(Key.ACTION, Action.NODE_JOIN.toString());
                map.textIfAny(Key.SECRET, join.secret().text());
                map.bytes(Key.PUBKEY, join.publicKey());
            }
            case Request.RenewNode renew -> {
                map.text(Key.ACTION, Action.NODE_RENEW.toString());
                map.bytes(Key.PUBKEY, renew.publicKey());
            }
            case Request.ListNodes _ -> map.text(Key.ACTION, Action.NODE_LIST.toString());
            case Request.RevokeNode revoke -> {
                map.text(Key.ACTION, Action.NODE_REVOKE.toString());
                map.text(Key.NODE, revoke.name());
            }
        }
    }
}
