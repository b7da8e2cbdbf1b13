package distkv.worker;

import distkv.code.CompileException;
import distkv.model.Path;
import distkv.schema.BadEntry;
import distkv.schema.code.CodeId;
import distkv.schema.code.Requirements;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the modules that a procedure uses require.
 *
 * @param stored all modules, by name
 */
record RequiredModules(Map<String, KnownModule> stored) implements Requirements.Source<Path> {
    /** Everything that these modules require, directly or indirectly, with versions; version 0: not stored. */
    Map<Path, Long> of(Collection<String> used) {
        Map<Path, Long> found = new LinkedHashMap<>();
        Deque<KnownModule> open = new ArrayDeque<>();
        used.forEach(name -> open.addAll(known(name)));
        while (!open.isEmpty()) {
            for (Path required : open.remove().requires()) {
                List<KnownModule> module = known(CodeId.name(required));
                long version = module.isEmpty() ? 0 : module.getFirst().version();
                if (found.put(required, version) == null) {
                    open.addAll(module);
                }
            }
        }
        return found;
    }

    private List<KnownModule> known(String name) {
        KnownModule module = stored.get(name);
        return module == null ? List.of() : List.of(module);
    }

    /** @throws CompileException if a required module is missing, or requires itself; the reason names the chain */
    void check(Collection<String> used) {
        for (String name : used) {
            for (KnownModule module : known(name)) {
                try {
                    Requirements.of(this, module.path());
                } catch (BadEntry e) {
                    throw new CompileException(name, 0, e.getMessage());
                }
            }
        }
    }

    @Override
    public Path path(Path module) {
        return module;
    }

    @Override
    public List<Path> requires(Path module) {
        return Objects.requireNonNull(stored.get(CodeId.name(module))).requires();
    }

    @Override
    public @Nullable Path find(Path by, Path name) {
        return stored.containsKey(CodeId.name(name)) ? name : null;
    }

    @Override
    public String expected(Path by) {
        return "a module in Java";
    }

    @Override
    public @Nullable String wrong(Path module) {
        return null;
    }

    @Override
    public String language(Path module) {
        return "java";
    }
}
