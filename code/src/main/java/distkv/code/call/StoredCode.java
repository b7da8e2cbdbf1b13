package distkv.code.call;

import distkv.client.Client;
import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.code.compile.ModuleSources;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.BadEntry;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.code.Procedure;
import distkv.schema.code.StoredModule;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All procedures and modules of a tree, kept current by two mirrors, as calls need them. */
final class StoredCode implements AutoCloseable {
    /**
     * A procedure as it is now, and the names of all modules that it requires, in the order in which they are loaded.
     */
    record Found(Procedure procedure, long version, List<String> modules) {}

    /** Is told which code has changed, after the change can be seen here. */
    interface Listener {
        void changed(CodeId piece);
    }

    /** A module with the tick of the last write under its name; {@code null}: it was deleted. */
    private record Told(@Nullable StoredModule module, long version) {}

    private final Path procedurePrefix;
    private final Path modulePrefix;
    private final Mirror procedures;
    private final Mirror modules;
    private final Listener listener;
    /** Guards the fields below. */
    private final Object lock = new Object();

    private final Catalog catalog;
    private final Map<CodeId, Long> ticks = new HashMap<>();
    private final Map<String, Path> moduleNames = new HashMap<>();
    private long changes;
    /** Whether all that was there at the start is known, so that nothing older comes any more. */
    private boolean isOpen;

    StoredCode(Client client, CodeOptions options, Listener listener) {
        procedurePrefix = options.prefixes().codes();
        modulePrefix = options.prefixes().modules();
        this.listener = listener;
        catalog = new Catalog(options.judge());
        procedures = client.mirror(procedurePrefix);
        modules = client.mirror(modulePrefix);
    }

    /** Waits until all stored code is known. */
    void open() throws InterruptedException {
        procedures.listen((before, now) -> put(CodeId.procedure(now.path().below(procedurePrefix)), now));
        modules.listen((before, now) -> put(CodeId.module(now.path().below(modulePrefix)), now));
        procedures.awaitInitial();
        modules.awaitInitial();
        // Some may have arrived before the mirrors had their listeners.
        procedures
                .entries()
                .values()
                .forEach(each -> put(CodeId.procedure(each.path().below(procedurePrefix)), each));
        modules.entries().values().forEach(each -> put(CodeId.module(each.path().below(modulePrefix)), each));
        synchronized (lock) {
            isOpen = true;
        }
    }

    private void put(CodeId piece, Entry entry) {
        synchronized (lock) {
            if (ticks.getOrDefault(piece, 0L) >= entry.tick()) {
                return;
            }
            // Processes are told of a module that was deleted; of a procedure nothing is left to know.
            if (entry.isDeletion() && isOpen && piece.sort() == CodeId.Sort.PROCEDURE) {
                ticks.remove(piece);
            } else {
                ticks.put(piece, entry.tick());
            }
            catalog.apply(piece, entry);
            if (piece.sort() == CodeId.Sort.MODULE) {
                moduleNames.put(piece.name(), piece.path());
                changes++;
            }
        }
        listener.changed(piece);
    }

    /**
     * The procedure at this path; {@code null}: none is stored.
     *
     * @throws CompileException if the entry is not valid, or required code is missing or requires itself
     */
    @Nullable
    Found procedure(Path path) {
        synchronized (lock) {
            return switch (catalog.find(path)) {
                case CodeEntry.Missing missing -> null;
                case CodeEntry.Broken broken -> throw new CompileException(CodeId.name(path), 0, broken.why());
                case CodeEntry.Found(Procedure procedure, Map<CodeId, Long> needs) ->
                    new Found(
                            procedure,
                            catalog.version(CodeId.procedure(path)),
                            needs.keySet().stream()
                                    .filter(piece -> piece.sort() == CodeId.Sort.MODULE)
                                    .map(CodeId::name)
                                    .toList());
            };
        }
    }

    /**
     * Checks what these modules require themselves, whoever uses them.
     *
     * @throws CompileException naming the module and the chain, if a module is missing or requires itself
     */
    void checkModules(Collection<String> names) {
        synchronized (lock) {
            for (String name : names) {
                Path path = moduleNames.get(name);
                if (path != null && catalog.module(path) != null) {
                    try {
                        catalog.needs(CodeId.module(path));
                    } catch (BadEntry e) {
                        throw new CompileException(name, 0, e.getMessage());
                    }
                }
            }
        }
    }

    /** The path of the module of this name below the prefix; {@code null}: none is stored. */
    @Nullable
    Path module(String name) {
        synchronized (lock) {
            Path path = moduleNames.get(name);
            return path == null || catalog.module(path) == null ? null : path;
        }
    }

    /** The sources of all Java modules. */
    ModuleSources javaModules() {
        Map<String, String> sources = new LinkedHashMap<>();
        synchronized (lock) {
            for (Path path : catalog.modules()) {
                StoredModule module = catalog.module(path);
                if (module != null && module.language() == Language.JAVA && module.wrong() == null) {
                    sources.put(module.name(), module.source());
                }
            }
        }
        return new ModuleSources(sources);
    }

    /** Sends a process the Python modules that it does not have. */
    void brief(PythonProcess process) throws IOException {
        Map<String, Told> all = new LinkedHashMap<>();
        long now;
        synchronized (lock) {
            now = changes;
            if (process.isBriefed(now)) {
                return;
            }
            moduleNames.forEach((name, path) -> {
                CodeId piece = CodeId.module(path);
                all.put(name, new Told(catalog.module(path), ticks.getOrDefault(piece, 0L)));
            });
        }
        for (Map.Entry<String, Told> each : all.entrySet()) {
            process.module(
                    each.getKey(), each.getValue().module(), each.getValue().version());
        }
        process.briefed(now);
    }

    /** Waits until the write of a procedure with this tick is known. */
    void awaitProcedure(long tick) throws InterruptedException {
        procedures.awaitTick(tick);
    }

    /** Waits until the write of a module with this tick is known. */
    void awaitModule(long tick) throws InterruptedException {
        modules.awaitTick(tick);
    }

    @Override
    public void close() {
        procedures.close();
        modules.close();
    }
}
