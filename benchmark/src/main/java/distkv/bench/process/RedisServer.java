package distkv.bench.process;

import distkv.bench.load.Requests;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Redis, which syncs its append-only file before every reply, and its own load generator. */
public final class RedisServer implements Closeable {
    private final Path directory;
    private final int port;
    private final int tlsPort;
    private final List<String> options;
    private ManagedProcess server;

    public RedisServer(Path directory) throws IOException, InterruptedException {
        this(directory, 0, List.of());
    }

    private RedisServer(Path directory, int tlsPort, List<String> options) throws IOException, InterruptedException {
        this.directory = directory;
        this.port = ManagedProcess.freePort();
        this.tlsPort = tlsPort;
        this.options = options;
        this.server = start();
        // All keys that the load generator may request, so that every GET finds one.
        script("for i = 0, " + (Requests.ENTRIES - 1) + " do "
                + "redis.call('set', string.format('key:%012d', i), string.rep('v', 50)) end");
    }

    /** Another server that has a port with TLS, too, with the certificate {@code server.crt} of this directory. */
    public static RedisServer withTls(Path directory, Path certificates) throws IOException, InterruptedException {
        int port = ManagedProcess.freePort();
        return new RedisServer(
                directory,
                port,
                List.of(
                        "--tls-port",
                        "" + port,
                        "--tls-cert-file",
                        certificates.resolve("server.crt").toString(),
                        "--tls-key-file",
                        certificates.resolve("server.key").toString(),
                        "--tls-ca-cert-file",
                        certificates.resolve("authority.crt").toString(),
                        "--tls-auth-clients",
                        "no"));
    }

    /** Where it has TLS. */
    public InetSocketAddress tlsAddress() {
        return ManagedProcess.loopback(tlsPort);
    }

    private ManagedProcess start() throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                "" + port,
                "--bind",
                "127.0.0.1",
                "--dir",
                directory.toString(),
                "--save",
                "",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--auto-aof-rewrite-percentage",
                "0"));
        line.addAll(options);
        ManagedProcess program = ManagedProcess.start(directory, "redis", line);
        program.awaitPort(ManagedProcess.loopback(port));
        return program;
    }

    /** Requests per second of a test of redis-benchmark: {@code get} or {@code set}. */
    public double rate(String test, int clients, Duration time) throws IOException {
        double estimate = benchmark(test, clients, 1000);
        return benchmark(test, clients, Math.max(1000, (int) (estimate * time.toMillis() / 1000)));
    }

    /** Stores a function that gets {@code args}; its body is Lua. */
    public void function(String name, String body) throws IOException {
        String library =
                "#!lua name=bench\nredis.register_function('" + name + "', function(keys, args) " + body + " end)";
        ManagedProcess.run(directory, List.of("redis-cli", "-p", "" + port, "function", "load", "replace", library));
    }

    /** Calls per second of a function. */
    public double calls(String name, int clients, Duration time) throws IOException {
        List<String> what = List.of("fcall", name, "0", "21");
        double estimate = benchmark(what, clients, 1000);
        return benchmark(what, clients, Math.max(1000, (int) (estimate * time.toMillis() / 1000)));
    }

    private double benchmark(String test, int clients, int requests) throws IOException {
        return benchmark(List.of("-r", "" + Requests.ENTRIES, "-t", test), clients, requests);
    }

    private double benchmark(List<String> what, int clients, int requests) throws IOException {
        List<String> command = new ArrayList<>(List.of("redis-benchmark", "-p", "" + port, "--csv", "-d", "50"));
        command.addAll(List.of("-c", "" + clients, "-n", "" + requests));
        command.addAll(what);
        String last =
                ManagedProcess.run(directory, command).strip().lines().toList().getLast();
        return Double.parseDouble(last.split(",", -1)[1].replace("\"", ""));
    }

    /** Adds entries with three-element keys until there are {@code count}. */
    public void fill(int count) throws IOException {
        script("for i = 0, " + (count - 1) + " do "
                + "redis.call('set', string.format('big:g%02d:e%07d', i % 100, i), string.rep('v', 50)) end");
    }

    public long resident() throws IOException {
        return server.resident();
    }

    /** The time, in seconds, from restarting it until it answers. */
    public double restart() throws IOException, InterruptedException {
        server.stop();
        long start = System.nanoTime();
        server = start();
        String found;
        do {
            found = script("return redis.call('exists', 'big:g00:e0000000')").strip();
        } while (!found.equals("1"));
        return (System.nanoTime() - start) / 1e9;
    }

    private String script(String lua) throws IOException {
        return ManagedProcess.run(directory, List.of("redis-cli", "-p", "" + port, "eval", lua, "0"));
    }

    @Override
    public void close() {
        server.close();
    }
}
