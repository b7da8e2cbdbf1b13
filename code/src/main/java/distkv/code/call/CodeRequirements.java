package distkv.code.call;

import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.code.compile.Requirements;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stored procedures and modules require of each other. Any thread may use it. */
record CodeRequirements(Mirror procedures, Path prefix, ModuleMirror modules) implements Requirements.Store<CodeRequirements.Piece> {
    /** A procedure or module, by where it is below the prefix of its sort. */
    record Piece(boolean module, Path path) {}

    /** The names of all modules that a procedure requires. @throws CompileException naming the chain, if one is missing */
    List<String> modulesFor(Path procedure, Stored stored) {
        if (stored.requires().isEmpty()) {
            return List.of();
        }
        Set<Piece> needed = Requirements.of(this, new Piece(false, procedure), Stored.name(procedure));
        return needed.stream()
                .filter(Piece::module)
                .map(piece -> Stored.name(piece.path()))
                .toList();
    }

    /**
     * Looks after what these modules require themselves, whoever uses them.
     *
     * @throws CompileException naming the module and the chain, if something is missing or requires itself
     */
    void checkModules(Collection<String> names) {
        for (String name : names) {
            ModuleMirror.Known module = modules.find(name);
            if (module != null && !module.requires().isEmpty()) {
                Requirements.of(this, new Piece(true, module.path()), name);
            }
        }
    }

    /** The procedure at this path; {@code null} if none is stored. @throws CompileException if it is no procedure */
    @Nullable
    Stored procedure(Path path) {
        Entry entry = procedures.get(prefix.append(path));
        return entry == null ? null : Stored.read(path, entry);
    }

    @Override
    public Path path(Piece piece) {
        return piece.path();
    }

    @Override
    public List<Path> requires(Piece piece) {
        return piece.module() ? module(piece).requires() : known(piece).requires();
    }

    private ModuleMirror.Known module(Piece piece) {
        return Objects.requireNonNull(modules.find(Stored.name(piece.path())));
    }

    private Stored known(Piece piece) {
        return Objects.requireNonNull(procedure(piece.path()));
    }

    @Override
    public @Nullable Piece find(Piece by, Path name) {
        if (modules.find(Stored.name(name)) != null) {
            return new Piece(true, name);
        }
        return !by.module() && procedures.get(prefix.append(name)) != null ? new Piece(false, name) : null;
    }

    @Override
    public String expected(Piece by) {
        return by.module() ? "a module" : "a module or procedure";
    }

    @Override
    public @Nullable String wrong(Piece piece) {
        if (piece.module()) {
            return module(piece).wrong();
        }
        try {
            known(piece);
            return null;
        } catch (CompileException e) {
            return e.reason();
        }
    }

    @Override
    public String language(Piece piece) {
        boolean java = piece.module() ? module(piece).java() : known(piece) instanceof Stored.InJava;
        return java ? "java" : "python";
    }
}
