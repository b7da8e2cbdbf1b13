package distkv.code.compile;

import distkv.code.CompileException;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resolves what pieces of stored code require of each other.
 *
 * @param <P> what identifies a piece
 */
public final class Requirements<P> {
    /** The longest chain of requirements that is allowed. */
    public static final int DEEPEST = 100;

    /** The stored code. */
    public interface Store<P> {
        /** The path of a piece below the prefix of its sort, which is its name. */
        Path path(P piece);

        /** What a piece requires. */
        List<Path> requires(P piece);

        /** The piece that another one refers to by a name; {@code null}: none of that name is stored. */
        @Nullable
        P find(P by, Path name);

        /** What a piece may require, for example {@code a module}. */
        String expected(P by);

        /** What is wrong with a piece itself; {@code null}: nothing. */
        @Nullable
        String wrong(P piece);

        /** The language of a piece. */
        String language(P piece);
    }

    private final Store<P> store;
    private final String name;
    private final Set<P> loaded = new LinkedHashSet<>();
    private final List<P> chain = new ArrayList<>();

    private Requirements(Store<P> store, String name) {
        this.store = store;
        this.name = name;
    }

    /**
     * Everything that a piece requires, directly or indirectly, each piece after those that it requires itself.
     *
     * @param name the name of the piece in errors
     * @throws CompileException if something is missing, invalid, or requires itself; the reason names the chain
     */
    public static <P> Set<P> of(Store<P> store, P piece, String name) {
        Requirements<P> found = new Requirements<>(store, name);
        found.visit(piece);
        return found.loaded;
    }

    private void visit(P piece) {
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

    private P resolve(P by, Path path) {
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

    private CompileException wrong(String text) {
        return new CompileException(name, 0, "requires: " + text);
    }

    private String arrows(List<P> pieces, Path last) {
        StringBuilder text = new StringBuilder();
        pieces.forEach(piece -> text.append(store.path(piece)).append(" → "));
        return text.append(last).toString();
    }
}
