package distkv.store.engine;

import distkv.model.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of those who have written entries ({@link Origin#who}), so that all their entries share one text. Used by one
 * thread.
 *
 * <p>Users, tokens and nodes are few. Jobs may come and go for ever, so only {@value #MOST} names are kept; a job that
 * finds no place is called {@value #SOME_RUN}. {@link distkv.store.Store#origin} has the names of all.
 */
public final class AuthorNames {
    static final int MOST = 20_000;
    static final String SOME_RUN = Origin.RUN + "?";

    private final Map<String, String> names = new HashMap<>();
    /** Most entries have the author of the one before. */
    private @Nullable Origin last;

    private byte[] lastBytes = {};
    private String lastName = "";

    /** The name in an origin. */
    @Nullable
    String of(@Nullable Origin origin) {
        if (origin == null) {
            return null;
        }
        if (!origin.equals(last)) {
            last = origin;
            lastBytes = new byte[0];
            lastName = shared(origin.who());
        }
        return lastName;
    }

    /** The name in an origin as it is stored: the text of {@link Origin#by}. */
    public @Nullable String of(byte @Nullable [] by) {
        if (by == null) {
            return null;
        }
        if (!Arrays.equals(by, lastBytes)) {
            last = null;
            lastName = shared(new Origin(new String(by, StandardCharsets.UTF_8)).who());
            lastBytes = by;
        }
        return lastName;
    }

    private String shared(String name) {
        String known = names.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() >= MOST && name.startsWith(Origin.RUN)) {
            return SOME_RUN;
        }
        names.put(name, name);
        return name;
    }
}
