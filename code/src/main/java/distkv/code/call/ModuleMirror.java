package distkv.code.call;

import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.code.compile.ModuleSources;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The stored modules of both languages, as calls need them. Any thread may use it. */
final class ModuleMirror implements AutoCloseable {
    /**
     * A module as it is now.
     *
     * @param tick the write that made it so
     * @param source {@code null} if it is gone, or is no module
     * @param wrong what is wrong with its entry; {@code null} if nothing is, or there is none
     */
    record Known(
            Path path,
            long tick,
            boolean java,
            @Nullable String source,
            List<Path> requires,
            @Nullable String wrong) {}

    private final Mirror mirror;
    private final Path prefix;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    /** How many changes there were. */
    private final AtomicLong changes = new AtomicLong();

    /** @param changed is told when any module has changed, after that is known here */
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
        known.merge(Stored.name(path), read(path, entry), (old, now) -> now.tick() > old.tick() ? now : old);
        changes.incrementAndGet();
    }

    private static Known read(Path path, Entry entry) {
        Value value = entry.value();
        Object decoded = value == null ? null : Values.decode(value);
        if (!(decoded instanceof Map<?, ?> map)) {
            return new Known(path, entry.tick(), false, decoded instanceof String text ? text : null, List.of(), null);
        }
        String source = map.get("code") instanceof String text ? text : null;
        boolean java = "java".equals(map.get("language"));
        try {
            List<Path> requires = Stored.requires(Stored.name(path), map.get("requires"));
            return new Known(path, entry.tick(), java, source, requires, source == null ? "it has no code" : null);
        } catch (CompileException e) {
            return new Known(path, entry.tick(), java, source, List.of(), e.reason());
        }
    }

    /** The module of this name; {@code null} if none is stored. */
    @Nullable
    Known find(String name) {
        Known found = known.get(name);
        return found == null || (found.source() == null && found.wrong() == null) ? null : found;
    }

    /** Those in Java. */
    ModuleSources java() {
        Map<String, String> sources = new LinkedHashMap<>();
        known.forEach((name, module) -> {
            if (module.java() && module.source() != null) {
                sources.put(name, module.source());
            }
        });
        return new ModuleSources(sources);
    }

    /** Tells a process of those in Python that it does not have. */
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

    /** Waits until all that was there at the start is known. */
    void await() throws InterruptedException {
        mirror.awaitInitial();
        // Some may have come in before the mirror had its listener.
        mirror.entries().values().forEach(this::put);
    }

    /** Waits until the write with this tick is known. */
    void await(long tick) throws InterruptedException {
        mirror.awaitTick(tick);
    }

    @Override
    public void close() {
        mirror.close();
    }
}
