package distkv.code.call;

import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.code.compile.Requirements;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.BadEntry;
import distkv.schema.code.CodeId;
import distkv.schema.code.Procedure;
import distkv.schema.code.StoredModule;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stored procedures and modules require of each other. */
record CodeRequirements(Mirror procedures, Path prefix, ModuleMirror modules) implements Requirements.Store<CodeId> {
    /**
     * The names of all modules that a procedure requires, directly or indirectly.
     *
     * @throws CompileException naming the chain, if one is missing
     */
    List<String> modulesFor(Procedure procedure) {
        if (procedure.requires().isEmpty()) {
            return List.of();
        }
        CodeId root = CodeId.procedure(procedure.path());
        Set<CodeId> needed = Requirements.of(this, root, CodeId.name(procedure.path()));
        return needed.stream()
                .filter(piece -> piece.sort() == CodeId.Sort.MODULE)
                .map(piece -> CodeId.name(piece.path()))
                .toList();
    }

    /**
     * Checks what these modules require themselves, whoever uses them.
     *
     * @throws CompileException naming the module and the chain, if a module is missing or requires itself
     */
    void checkModules(Collection<String> names) {
        for (String name : names) {
            StoredModule module = modules.find(name);
            if (module != null && !module.requires().isEmpty()) {
                Requirements.of(this, CodeId.module(module.path()), name);
            }
        }
    }

    /** The procedure at this path; {@code null}: none is stored. @throws CompileException if the entry is not valid */
    @Nullable
    StoredProcedure procedure(Path path) {
        Entry entry = procedures.get(prefix.append(path));
        Value value = entry == null ? null : entry.value();
        try {
            return entry == null || value == null
                    ? null
                    : new StoredProcedure(Procedure.read(path, value), entry.tick());
        } catch (BadEntry e) {
            throw new CompileException(CodeId.name(path), 0, e.getMessage());
        }
    }

    private StoredModule module(CodeId piece) {
        return Objects.requireNonNull(modules.find(CodeId.name(piece.path())));
    }

    private Procedure known(CodeId piece) {
        return Objects.requireNonNull(procedure(piece.path())).procedure();
    }

    @Override
    public Path path(CodeId piece) {
        return piece.path();
    }

    @Override
    public List<Path> requires(CodeId piece) {
        return switch (piece.sort()) {
            case MODULE -> module(piece).requires();
            case PROCEDURE -> known(piece).requires();
        };
    }

    @Override
    public @Nullable CodeId find(CodeId by, Path name) {
        if (modules.find(CodeId.name(name)) != null) {
            return CodeId.module(name);
        }
        boolean isProcedure = by.sort() == CodeId.Sort.PROCEDURE && procedures.get(prefix.append(name)) != null;
        return isProcedure ? CodeId.procedure(name) : null;
    }

    @Override
    public String expected(CodeId by) {
        return by.sort() == CodeId.Sort.MODULE ? "a module" : "a module or procedure";
    }

    @Override
    public @Nullable String wrong(CodeId piece) {
        if (piece.sort() == CodeId.Sort.MODULE) {
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
    public String language(CodeId piece) {
        return switch (piece.sort()) {
            case MODULE -> module(piece).language().word();
            case PROCEDURE -> known(piece).language().word();
        };
    }
}
