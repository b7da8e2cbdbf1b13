package distkv.runner.code;

import distkv.model.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows what pieces of stored code require of each other. */
final class Needs {
    /** The longest chain of requirements; a longer one is an error. */
    static final int DEEPEST = 100;

    private static final String ARROW = " → ";

    private final Catalog catalog;
    private final Map<CodeId, Long> loaded = new LinkedHashMap<>();
    private final List<CodeId> chain = new ArrayList<>();

    private Needs(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * All that a piece requires, directly or not, each after what it requires itself, with their versions.
     *
     * @throws BadEntry if something is missing, of no use, or requires itself; the message names the chain
     */
    static Map<CodeId, Long> of(Catalog catalog, CodeId piece) throws BadEntry {
        if (catalog.requires(piece).isEmpty()) {
            return Map.of();
        }
        Needs needs = new Needs(catalog);
        needs.visit(piece);
        return Collections.unmodifiableMap(needs.loaded);
    }

    private void visit(CodeId piece) throws BadEntry {
        chain.add(piece);
        if (chain.size() > DEEPEST) {
            throw new BadEntry("requires: a chain of more than " + DEEPEST + " (expected: a shorter one)");
        }
        for (Path name : catalog.requires(piece)) {
            CodeId required = resolve(piece, name);
            int before = chain.indexOf(required);
            if (before >= 0) {
                throw new BadEntry("requires: " + arrows(chain.subList(before, chain.size()), name)
                        + " is a cycle (expected: code that does not require itself)");
            }
            if (!loaded.containsKey(required)) {
                visit(required);
                loaded.put(required, catalog.version(required));
            }
        }
        chain.removeLast();
    }

    private CodeId resolve(CodeId by, Path name) throws BadEntry {
        CodeId found = resolve(catalog, by, name);
        String expected = by.sort() == CodeId.Sort.MODULE ? "a module" : "a module or procedure";
        if (found == null) {
            throw new BadEntry("requires: " + name + " is not stored: " + arrows(chain, name) + " (expected: "
                    + expected + " of that name)");
        }
        String wrong = catalog.wrong(found);
        if (wrong != null) {
            throw new BadEntry("requires: " + name + " cannot be loaded: " + arrows(chain, name) + ": " + wrong);
        }
        Language language = catalog.language(by);
        if (catalog.language(found) != language) {
            throw new BadEntry(
                    "requires: " + name + " is in " + catalog.language(found).word() + ": " + arrows(chain, name)
                            + " (expected: " + language.word() + ")");
        }
        return found;
    }

    /** A name is that of a module, if there is one, else a procedure's; modules require modules only. */
    private static @Nullable CodeId resolve(Catalog catalog, CodeId by, Path name) {
        CodeId module = CodeId.module(name);
        CodeId procedure = CodeId.procedure(name);
        if (catalog.version(module) != 0) {
            return module;
        }
        return by.sort() == CodeId.Sort.PROCEDURE && catalog.version(procedure) != 0 ? procedure : null;
    }

    private static String arrows(List<CodeId> chain, Path last) {
        StringBuilder text = new StringBuilder();
        chain.forEach(piece -> text.append(piece.path()).append(ARROW));
        return text.append(last).toString();
    }

    /** Whether a piece is this one or requires it, or something of its name, directly or not. */
    static boolean lead(Catalog catalog, CodeId from, CodeId to) {
        if (from.equals(to)) {
            return true;
        }
        Set<CodeId> seen = new HashSet<>(Set.of(from));
        Deque<CodeId> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            CodeId piece = open.remove();
            for (Path name : catalog.requires(piece)) {
                if (name.equals(to.path())) {
                    return true;
                }
                CodeId next = resolve(catalog, piece, name);
                if (next != null && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }
}
