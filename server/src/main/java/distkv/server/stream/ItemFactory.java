package distkv.server.stream;

import distkv.model.Chain;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.protocol.PathShortener;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Makes the items of a stream: with or without chains, each path shortened by what it shares with the previous one. */
public final class ItemFactory {
    private final Seq seq;
    private final @Nullable String chainNode;
    private final @Nullable LongFunction<@Nullable Origin> origins;
    private final PathShortener shortener;

    /**
     * Makes items for one stream.
     *
     * @param chainNode the tree's name if items carry chains, otherwise {@code null}
     * @param origins finds the origin of a tick if items say who wrote the entry, otherwise {@code null}
     */
    public ItemFactory(
            Seq seq, Path top, @Nullable String chainNode, @Nullable LongFunction<@Nullable Origin> origins) {
        this.seq = seq;
        this.chainNode = chainNode;
        this.origins = origins;
        this.shortener = new PathShortener(top);
    }

    Reply of(Entry entry) {
        PathShortener.Shortened path = shortener.next(entry.path());
        Chain chain = chainNode == null ? null : new Chain(chainNode, entry.tick());
        Origin origin = origins == null || entry.by() == null ? null : origins.apply(entry.tick());
        return new Reply.Item(seq, path.depth(), path.path(), entry.value(), chain, origin, entry.tick());
    }

    Reply empty(Path full, long tock) {
        PathShortener.Shortened path = shortener.next(full);
        return new Reply.Item(seq, path.depth(), path.path(), null, null, tock);
    }
}
