package distkv.code.call;

import distkv.client.Mirror;
import distkv.code.compile.ModuleSources;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The stored modules of both languages, as calls need them. Any thread may use it. */
final class Modules implements AutoCloseable {
    /**
     * A module as it is now.
     *
     * @param tick the write that made it so
     * @param source {@code null} if it is gone, or is no module
     */
    private record Known(long tick, boolean java, @Nullable String source) {}

    private final Mirror mirror;
    private final Path prefix;
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    /** How many changes there were. */
    private final AtomicLong changes = new AtomicLong();

    /** @param changed is told when any module has changed, after that is known here */
    Modules(Mirror mirror, Path prefix, Runnable changed) {
        this.mirror = mirror;
        this.prefix = prefix;
        mirror.listen((before, now) -> {
            put(now);
            changed.run();
        });
    }

    private void put(Entry entry) {
        Value value = entry.value();
        Object decoded = value == null ? null : Values.decode(value);
        Known read = switch (decoded) {
            case String source -> new Known(entry.tick(), false, source);
            case Map<?, ?> map -> {
                String source = map.get("code") instanceof String text ? text : null;
                yield new Known(entry.tick(), "java".equals(map.get("language")), source);
            }
            case null, default -> new Known(entry.tick(), false, null);
        };
        known.merge(Stored.name(entry.path().below(prefix)), read, (old, now) -> now.tick() > old.tick() ? now : old);
        changes.incrementAndGet();
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
            Known module = each.getValue();
            process.module(each.getKey(), module.tick(), module.java() ? null : module.source());
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
