package distkv.runner.worker;

import distkv.model.Path;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.code.StoredModule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stored modules, as workers are told about them. */
public final class WorkerModules {
    /** About how many characters of source code go into one message. */
    private static final int ENOUGH = 1 << 20;

    private final Catalog catalog;
    private final Path prefix;
    private final Refused refused;

    /** What this node does not accept. */
    public interface Refused {
        /** Why a module is not to be imported; {@code null} if it may be. */
        @Nullable
        String why(Path module);
    }

    /** The modules of a catalog that are stored below this prefix. */
    public WorkerModules(Catalog catalog, Path prefix, Refused refused) {
        this.catalog = catalog;
        this.prefix = prefix;
        this.refused = refused;
    }

    /**
     * One module.
     *
     * @param version 0: no module of that name is stored any more
     * @param source its source code; {@code null}: there is none
     * @param wrong why it cannot be imported; {@code null}: it can be
     * @param requires the modules that must be loaded before it
     */
    record Told(
            Path path,
            long version,
            @Nullable String source,
            @Nullable String wrong,
            List<Path> requires) {}

    Path prefix() {
        return prefix;
    }

    /** All modules, for a new worker of this language, in as many messages as that takes. */
    List<ToWorker> all(Language language) {
        List<ToWorker> messages = new ArrayList<>();
        List<Told> next = new ArrayList<>();
        int size = 0;
        for (Path path : catalog.modules()) {
            Told told = tell(path, language);
            next.add(told);
            size += told.source() == null ? 0 : told.source().length();
            if (size >= ENOUGH) {
                messages.add(new ToWorker.Known(next));
                next = new ArrayList<>();
                size = 0;
            }
        }
        if (!next.isEmpty()) {
            messages.add(new ToWorker.Known(next));
        }
        return messages;
    }

    /** The message about one module that has changed. */
    ToWorker changed(Path path, Language language) {
        return new ToWorker.Known(List.of(tell(path, language)));
    }

    private Told tell(Path path, Language language) {
        StoredModule module = catalog.module(path);
        long version = catalog.version(CodeId.module(path));
        if (module == null) {
            return new Told(path, version, null, null, List.of());
        }
        String wrong = module.wrong() == null ? refused.why(path) : module.wrong();
        if (wrong != null) {
            return new Told(path, version, null, wrong, List.of());
        }
        return module.language() == language
                ? new Told(path, version, module.source(), null, module.requires())
                : new Told(
                        path,
                        version,
                        null,
                        "language: " + module.language().word() + " (expected: " + language.word() + ")",
                        List.of());
    }

    /** Whether this version is the one that is stored. */
    boolean isCurrent(Path path, long version) {
        return catalog.version(CodeId.module(path)) == version;
    }
}
