package distkv.server.stream;

import distkv.model.Chain;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.PathShortener;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import org.jspecify.annotations.Nullable;

/** Makes the items of a stream: with or without chains, each path shortened by what it shares with the previous one. */
public final class ItemFactory {
    private final Seq seq;
    private final @Nullable String chainNode;
    private final PathShortener shortener;

    /** @param chainNode the tree's name if items carry chains, otherwise {@code null} */
    public ItemFactory(Seq seq, Path top, @Nullable String chainNode) {
        this.seq = seq;
        this.chainNode = chainNode;
        this.shortener = new PathShortener(top);
    }

    Reply of(Entry entry) {
        PathShortener.Shortened path = shortener.next(entry.path());
        Chain chain = chainNode == null ? null : new Chain(chainNode, entry.tick());
        return new Reply.Item(seq, path.depth(), path.path(), entry.value(), chain, entry.tick());
    }

    Reply empty(Path full, long tock) {
        PathShortener.Shortened path = shortener.next(full);
        return new Reply.Item(seq, path.depth(), path.path(), null, null, tock);
    }
}
