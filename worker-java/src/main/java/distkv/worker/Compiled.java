package distkv.worker;

import distkv.code.compile.Definition;
import distkv.code.compile.Javac;
import distkv.code.compile.ModuleSources;
import distkv.code.compile.Procedure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What was compiled in this process, by version: the text of a procedure, and those of the modules that it uses. */
final class Compiled {
    /** How many are kept; of more, the one that was not used for longest goes. */
    private static final int KEPT = 500;

    private record Known(Procedure procedure, ModuleSources modules) {
        boolean isCurrent(ModuleSources now) {
            return procedure.modules().stream()
                    .allMatch(name -> Objects.equals(
                            modules.texts().get(name), now.texts().get(name)));
        }
    }

    private final Javac javac = new Javac();
    private final Map<Definition, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Definition, Known> eldest) {
            return size() > KEPT;
        }
    };

    /** Compiles a procedure, unless that version was compiled before. Any thread may ask. */
    Procedure procedure(Definition definition, ModuleSources modules) {
        Procedure found = find(definition, modules);
        if (found == null) {
            found = Procedure.compile(javac, definition, modules);
            keep(definition, new Known(found, modules));
        }
        return found;
    }

    private synchronized @Nullable Procedure find(Definition definition, ModuleSources modules) {
        Known before = known.get(definition);
        return before != null && before.isCurrent(modules) ? before.procedure() : null;
    }

    private synchronized void keep(Definition definition, Known compiled) {
        known.put(definition, compiled);
    }
}
