package distkv.server.access;

import distkv.access.AccessTable;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.store.Store;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Notes when and from where a token was last used, beside the tokens, so that nobody's rights are read again for it. Each
 * token's note is at most {@value #MINUTES} minutes old; a use that cannot be written is not noted.
 */
final class TokenUse {
    static final int MINUTES = 10;

    private final Store store;
    private final LongSupplier millis;
    /** When each was noted, of tokens that exist. */
    private final Map<String, Long> noted = new ConcurrentHashMap<>();

    /** @param millis unix time in milliseconds */
    TokenUse(Store store, LongSupplier millis) {
        this.store = store;
        this.millis = millis;
    }

    /** Somebody has logged in with a token. */
    void note(String id, String address) {
        long now = millis.getAsLong();
        Long before = noted.get(id);
        // A clock that was put back counts as time that has passed.
        if (before != null && now >= before && now - before < MINUTES * 60_000L) {
            return;
        }
        noted.put(id, now);
        var _ = store.commit(Commit.of(Write.set(
                AccessTable.tokenUse(id),
                Values.encode(Map.of("at", now / 1e3, "from", address)),
                Expectation.anything())));
    }
}
