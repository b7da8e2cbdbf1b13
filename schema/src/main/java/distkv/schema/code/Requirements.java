package distkv.schema.code;

import distkv.model.Path;
import distkv.schema.BadEntry;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows what pieces of stored code require of each other.
 *
 * @param <P> what names a piece
 */
public final class Requirements<P> {
    /** The longest chain of requirements; a longer one is an error. */
    public static final int DEEPEST = 100;

    /** What is stored. */
    public interface Source<P> {
        /** Where a piece is below the prefix of its sort, which is what others call it. */
        Path path(P piece);

        /** What a piece requires. */
        List<Path> requires(P piece);

        /** The piece that another one means by a name; {@code null} if none of that name is stored. */
        @Nullable
        P find(P by, Path name);

        /** What a piece may require, as in {@code a module}. */
        String expected(P by);

        /** What is wrong with a piece, itself; {@code null} if nothing is. */
        @Nullable
        String wrong(P piece);

        /** What a piece is written in. */
        String language(P piece);
    }

    private final Source<P> store;
    private final Set<P> loaded = new LinkedHashSet<>();
    private final List<P> chain = new ArrayList<>();

    private Requirements(Source<P> store) {
        this.store = store;
    }

    /**
     * All that a piece requires, directly or not, each after what it requires itself.
     *
     * @throws BadEntry if something is missing, of no use, or requires itself; the message names the chain
     */
    public static <P> Set<P> of(Source<P> store, P piece) throws BadEntry {
        Requirements<P> found = new Requirements<>(store);
        found.visit(piece);
        return found.loaded;
    }

    private void visit(P piece) throws BadEntry {
        chain.add(piece);
        if (chain.size() > DEEPEST) {
            throw wrong("a chain of more than " + DEEPEST + " (expected: a shorter one)");
        }
        for (Path path : store.requires(piece)) {
            P required = resolve(piece, path);
            int before = chain.indexOf(required);
            if (before >= 0) {
                throw wrong(arrows(chain.subList(before, chain.size()), path)
                        + " is a cycle (expected: code that does not require itself)");
            }
            if (!loaded.contains(required)) {
                visit(required);
                loaded.add(required);
            }
        }
        chain.removeLast();
    }

    private P resolve(P by, Path path) throws BadEntry {
        P found = store.find(by, path);
        if (found == null) {
            throw wrong(path + " is not stored: " + arrows(chain, path) + " (expected: " + store.expected(by)
                    + " of that name)");
        }
        String wrong = store.wrong(found);
        if (wrong != null) {
            throw wrong(path + " cannot be loaded: " + arrows(chain, path) + ": " + wrong);
        }
        String language = store.language(by);
        if (!store.language(found).equals(language)) {
            throw wrong(path + " is in " + store.language(found) + ": " + arrows(chain, path) + " (expected: "
                    + language + ")");
        }
        return found;
    }

    private static BadEntry wrong(String text) {
        return new BadEntry("requires: " + text);
    }

    private String arrows(List<P> pieces, Path last) {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(store.path(piece)).append(" → "));
        return text.append(last).toString();
    }
}
