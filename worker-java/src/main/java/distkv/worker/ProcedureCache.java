package distkv.worker;

import distkv.code.compile.CompiledProcedure;
import distkv.code.compile.Javac;
import distkv.code.compile.ModuleSources;
import distkv.code.compile.ProcedureDefinition;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The procedures that this process has compiled, each with the versions of the modules that it uses. */
final class ProcedureCache {
    /** How many procedures are kept; beyond that, the least recently used one is dropped. */
    private static final int KEPT = 500;

    private record Known(CompiledProcedure procedure, ModuleSources modules) {
        boolean isCurrent(ModuleSources now) {
            return procedure.modules().stream()
                    .allMatch(name -> Objects.equals(
                            modules.texts().get(name), now.texts().get(name)));
        }
    }

    private final Javac javac = new Javac();
    private final Map<ProcedureDefinition, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ProcedureDefinition, Known> eldest) {
            return size() > KEPT;
        }
    };

    /** Compiles a procedure unless it is cached. */
    CompiledProcedure procedure(ProcedureDefinition definition, ModuleSources modules) {
        CompiledProcedure found = find(definition, modules);
        if (found == null) {
            found = CompiledProcedure.compile(javac, definition, modules);
            keep(definition, new Known(found, modules));
        }
        return found;
    }

    private synchronized @Nullable CompiledProcedure find(ProcedureDefinition definition, ModuleSources modules) {
        Known before = known.get(definition);
        return before != null && before.isCurrent(modules) ? before.procedure() : null;
    }

    private synchronized void keep(ProcedureDefinition definition, Known compiled) {
        known.put(definition, compiled);
    }
}
