package distkv.bench;

import distkv.bench.load.BlockingConnection;
import distkv.bench.load.Requests;
import distkv.model.Path;
import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes stored code and any-node jobs, as a client does. */
final class BenchJobs implements Closeable {
    private static final Path CODES = Prefixes.DEFAULT.codes().child("bench");
    static final Path JOBS = Kind.ANY.entries(Prefixes.DEFAULT.runs(), "default", "");

    private final BlockingConnection connection;

    BenchJobs(InetSocketAddress server) throws IOException {
        connection = new BlockingConnection(server);
    }

    /**
     * Stores code.
     *
     * @param async whether it shares a process
     */
    void code(String name, String text, boolean async) throws IOException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("code", text);
        entry.put("is_async", async ? true : null);
        entry.put("vars", List.of());
        set(CODES.child(name), entry);
    }

    /** Writes an any-node job that runs this code at that time. */
    void job(String name, String code, double target, Map<String, ?> data) throws IOException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("code", Path.of("bench", code));
        entry.put("target", target);
        entry.put("data", data);
        set(JOBS.child(name), entry);
    }

    void set(Path path, @Nullable Object value) throws IOException {
        connection.call(Requests.set(path, value));
    }

    /** Unix time. */
    static double now() {
        return System.currentTimeMillis() / 1e3;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
