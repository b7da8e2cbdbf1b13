package distkv.schema.code;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.BadEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All procedures and modules, kept up to date from the feeds of their prefixes. Used by the decision thread only.
 *
 * <p>A version is the tick of the last change that makes a difference to those who use the code: what is only said about
 * it may change without one.
 */
public final class Catalog {
    private record Known<T>(long tick, long version, T code) {}

    /** Says which stored code is not to be used. */
    public interface Judge {
        /** Why a piece of code is not to be used; {@code null} if it may be. */
        @Nullable
        String refusal(CodeId piece, Entry entry);
    }

    private final Map<Path, Known<CodeEntry>> procedures = new HashMap<>();
    private final Map<Path, Known<StoredModule>> modules = new HashMap<>();
    private final Judge judge;

    /** Without code; all that comes may be used. */
    public Catalog() {
        this((piece, entry) -> null);
    }

    /** Without code. What is not to be used counts as broken. */
    public Catalog(Judge judge) {
        this.judge = judge;
    }

    /**
     * Takes in a change.
     *
     * @return whether it makes a difference to those who use the code
     */
    public boolean apply(CodeId piece, Entry entry) {
        Value value = entry.value();
        String refusal = value == null ? null : judge.refusal(piece, entry);
        return switch (piece.sort()) {
            case PROCEDURE ->
                apply(
                        procedures,
                        piece.path(),
                        entry,
                        refusal == null ? read(piece.path(), value) : new CodeEntry.Broken(piece.path(), refusal));
            case MODULE -> apply(modules, piece.path(), entry, module(piece.path(), value, refusal));
        };
    }

    private static @Nullable StoredModule module(Path path, @Nullable Value value, @Nullable String refusal) {
        if (value == null) {
            return null;
        }
        return refusal == null
                ? StoredModule.read(path, value)
                : new StoredModule(path, "", List.of(), Language.PYTHON, refusal);
    }

    private static <T> boolean apply(Map<Path, Known<T>> all, Path path, Entry entry, @Nullable T code) {
        if (code == null) {
            return all.remove(path) != null;
        }
        Known<T> known = all.get(path);
        boolean same = known != null && same(known.code(), code);
        all.put(path, new Known<>(entry.tick(), known != null && same ? known.version() : entry.tick(), code));
        return !same;
    }

    private static boolean same(Object one, Object other) {
        if (one instanceof CodeEntry.Found(var was, var _) && other instanceof CodeEntry.Found(var is, var _)) {
            return was.same(is);
        }
        return one.equals(other);
    }

    private static @Nullable CodeEntry read(Path path, @Nullable Value value) {
        try {
            return value == null ? null : new CodeEntry.Found(Procedure.read(path, value));
        } catch (BadEntry e) {
            return new CodeEntry.Broken(path, e.getMessage());
        }
    }

    /** The procedure that is at this path now, with all that it needs. */
    public CodeEntry find(Path path) {
        Known<CodeEntry> known = procedures.get(path);
        if (known == null) {
            return new CodeEntry.Missing(path);
        }
        if (!(known.code() instanceof CodeEntry.Found(Procedure procedure, var _))
                || procedure.requires().isEmpty()) {
            return known.code();
        }
        try {
            return new CodeEntry.Found(procedure, needs(CodeId.procedure(path)));
        } catch (BadEntry e) {
            return new CodeEntry.Broken(path, e.getMessage());
        }
    }

    /**
     * All that a piece of code requires, directly or not, in the order in which it is to be loaded, with its versions.
     *
     * @throws BadEntry if something is missing, cannot be loaded, or requires itself; the message names the chain
     */
    public Map<CodeId, Long> needs(CodeId piece) throws BadEntry {
        return new Needs(this).of(piece);
    }

    /** Whether a piece of code is the changed one, or requires it, directly or not. */
    public boolean concerns(CodeId piece, CodeId changed) {
        return new Needs(this).lead(piece, changed);
    }

    /** The version that is stored now; 0 if there is none. */
    public long version(CodeId piece) {
        Known<?> known = known(piece);
        return known == null ? 0 : known.version();
    }

    /** Whether these are the versions that are stored now. */
    public boolean areCurrent(Map<CodeId, Long> versions) {
        return versions.entrySet().stream().allMatch(one -> version(one.getKey()) == one.getValue());
    }

    /** The module at this path, or {@code null}. */
    public @Nullable StoredModule module(Path path) {
        Known<StoredModule> known = modules.get(path);
        return known == null ? null : known.code();
    }

    /** The names of all modules. */
    public List<Path> modules() {
        return new ArrayList<>(modules.keySet());
    }

    private @Nullable Known<?> known(CodeId piece) {
        return piece.sort() == CodeId.Sort.MODULE ? modules.get(piece.path()) : procedures.get(piece.path());
    }

    List<Path> requires(CodeId piece) {
        Known<?> known = known(piece);
        return switch (known == null ? null : known.code()) {
            case CodeEntry.Found(Procedure procedure, var _) -> procedure.requires();
            case StoredModule module -> module.requires();
            case null, default -> List.of();
        };
    }

    Language language(CodeId piece) {
        Known<?> known = known(piece);
        return switch (known == null ? null : known.code()) {
            case CodeEntry.Found(Procedure procedure, var _) -> procedure.language();
            case StoredModule module -> module.language();
            case null, default -> Language.PYTHON;
        };
    }

    /** What is wrong with the entry of a piece of code; {@code null} if nothing is. */
    public @Nullable String wrong(CodeId piece) {
        Known<?> known = known(piece);
        return switch (known == null ? null : known.code()) {
            case CodeEntry.Broken broken -> broken.why();
            case StoredModule module -> module.wrong();
            case null, default -> null;
        };
    }
}
