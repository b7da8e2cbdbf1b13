package distkv.client;

import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Nothing was written: an expectation ({@code CHAIN}, {@code VALUE}) or a guard ({@code GUARD}, {@code NOT_YET}) did
 * not hold.
 */
public class ConflictException extends ClientException {
    private static final long serialVersionUID = 1;
    private final transient @Nullable Path path;
    private final @Nullable Long tick;

    ConflictException(Reply.Failed failed) {
        super(failed.etype(), failed.text());
        Reply.Found found = failed.found();
        path = found == null ? null : found.path();
        tick = found == null ? null : found.tick();
    }

    public final boolean isGuard() {
        return etype() == Etype.GUARD || etype() == Etype.NOT_YET;
    }

    /** The path of the conflicting entry; {@code null}: the server does not say. */
    public final @Nullable Path path() {
        return path;
    }

    /** The last write of the conflicting entry; {@code null}: there is no entry, or the server does not say. */
    public final @Nullable Long tick() {
        return tick;
    }
}
