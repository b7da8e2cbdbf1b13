package distkv.code.call;

import distkv.client.Mirror;
import distkv.code.compile.ModuleSources;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.code.StoredModule;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A current copy of the stored modules of both languages. */
final class ModuleMirror implements AutoCloseable {
    /**
     * A module as it is now.
     *
     * @param tick the write that made it so
     * @param module {@code null}: it was deleted
     */
    record Known(long tick, @Nullable StoredModule module) {}

    private final Mirror mirror;
    private final Path prefix;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    /** The number of changes so far. */
    private final AtomicLong changes = new AtomicLong();

    /** @param changed is called after every change, when it can be seen here */
    ModuleMirror(Mirror mirror, Path prefix, Runnable changed) {
        this.mirror = mirror;
        this.prefix = prefix;
        mirror.listen((before, now) -> {
            put(now);
            changed.run();
        });
    }

    private void put(Entry entry) {
        Path path = entry.path().below(prefix);
        Value value = entry.value();
        Known read = new Known(entry.tick(), value == null ? null : StoredModule.read(path, value));
        known.merge(CodeId.name(path), read, (old, now) -> now.tick() > old.tick() ? now : old);
        changes.incrementAndGet();
    }

    /** The module of this name; {@code null}: none is stored. */
    @Nullable
    StoredModule find(String name) {
        Known found = known.get(name);
        return found == null ? null : found.module();
    }

    /** The modules in Java. */
    ModuleSources java() {
        Map<String, String> sources = new LinkedHashMap<>();
        known.forEach((name, each) -> {
            StoredModule module = each.module();
            if (module != null && module.language() == Language.JAVA && module.wrong() == null) {
                sources.put(name, module.source());
            }
        });
        return new ModuleSources(sources);
    }

    /** Sends a process the Python modules that it does not have. */
    void brief(PythonProcess process) throws IOException {
        long now = changes.get();
        if (process.isBriefed(now)) {
            return;
        }
        for (Map.Entry<String, Known> each : known.entrySet()) {
            process.module(each.getKey(), each.getValue());
        }
        process.briefed(now);
    }

    /** Waits until all initial entries are here. */
    void await() throws InterruptedException {
        mirror.awaitInitial();
        // Some may have arrived before the mirror had its listener.
        mirror.entries().values().forEach(this::put);
    }

    /** Waits until the write with this tick is here. */
    void await(long tick) throws InterruptedException {
        mirror.awaitTick(tick);
    }

    @Override
    public void close() {
        mirror.close();
    }
}
