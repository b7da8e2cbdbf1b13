package distkv.schema.code;

import distkv.model.Path;
import distkv.schema.BadEntry;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pieces of a catalog require of each other. */
record Needs(Catalog catalog) implements Requirements.Source<CodeId> {
    /**
     * All that a piece requires, directly or not, each after what it requires itself, with their versions.
     *
     * @throws BadEntry if something is missing, of no use, or requires itself; the message names the chain
     */
    Map<CodeId, Long> of(CodeId piece) throws BadEntry {
        if (catalog.requires(piece).isEmpty()) {
            return Map.of();
        }
        Map<CodeId, Long> versions = new LinkedHashMap<>();
        Requirements.of(this, piece).forEach(each -> versions.put(each, catalog.version(each)));
        return Collections.unmodifiableMap(versions);
    }

    @Override
    public Path path(CodeId piece) {
        return piece.path();
    }

    @Override
    public List<Path> requires(CodeId piece) {
        return catalog.requires(piece);
    }

    /** A name is that of a module, if there is one, else a procedure's; modules require modules only. */
    @Override
    public @Nullable CodeId find(CodeId by, Path name) {
        CodeId module = CodeId.module(name);
        CodeId procedure = CodeId.procedure(name);
        if (catalog.version(module) != 0) {
            return module;
        }
        return by.sort() == CodeId.Sort.PROCEDURE && catalog.version(procedure) != 0 ? procedure : null;
    }

    @Override
    public String expected(CodeId by) {
        return by.sort() == CodeId.Sort.MODULE ? "a module" : "a module or procedure";
    }

    @Override
    public @Nullable String wrong(CodeId piece) {
        return catalog.wrong(piece);
    }

    @Override
    public String language(CodeId piece) {
        return catalog.language(piece).word();
    }

    /** Whether a piece is this one or requires it, or something of its name, directly or not. */
    boolean lead(CodeId from, CodeId to) {
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
                CodeId next = find(piece, name);
                if (next != null && seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }
}
