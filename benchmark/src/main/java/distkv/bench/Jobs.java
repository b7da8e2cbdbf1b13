package distkv.bench;

import distkv.model.Path;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Stored code and jobs for any node, as a client writes them. */
final class Jobs implements Closeable {
    private static final Path CODES = Path.of(".distkv", "code", "proc", "bench");
    private static final Path JOBS = Path.of(".distkv", "run", "any", "default");

    private final Wire wire;

    Jobs(InetSocketAddress server) throws IOException {
        wire = new Wire(server);
    }

    /** Stores code; {@code async} false means that it runs in a process of its own. */
    void code(String name, String text, boolean async) throws IOException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("code", text);
        entry.put("is_async", async ? true : null);
        entry.put("vars", List.of());
        set(CODES.child(name), entry);
    }

    /** Writes a job for any node that runs this code at that time. */
    void job(String name, String code, double target, Map<String, ?> data) throws IOException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("code", Path.of("bench", code));
        entry.put("target", target);
        entry.put("data", data);
        set(JOBS.child(name), entry);
    }

    void set(Path path, @Nullable Object value) throws IOException {
        wire.call(Requests.set(path, value));
    }

    /** Unix time. */
    static double now() {
        return System.currentTimeMillis() / 1e3;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }
}
