package distkv.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Redis, which syncs its append-only file before every reply, and its own load generator. */
final class Redis implements Closeable {
    private final Path directory;
    private final int port;
    private Program server;

    Redis(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        this.port = Program.freePort();
        this.server = start();
        // All keys that the load generator may ask for, so that every GET finds something.
        script("for i = 0, " + (Requests.ENTRIES - 1) + " do "
                + "redis.call('set', string.format('key:%012d', i), string.rep('v', 50)) end");
    }

    private Program start() throws IOException, InterruptedException {
        Program program = Program.start(
                directory,
                "redis",
                List.of(
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
        program.awaitPort(Program.loopback(port));
        return program;
    }

    /** Requests per second of a test of redis-benchmark: {@code get} or {@code set}. */
    double rate(String test, int clients, Duration time) throws IOException {
        double estimate = benchmark(test, clients, 1000);
        return benchmark(test, clients, Math.max(1000, (int) (estimate * time.toMillis() / 1000)));
    }

    /** Stores a function that gets {@code args}; its body is Lua. */
    void function(String name, String body) throws IOException {
        String library =
                "#!lua name=bench\nredis.register_function('" + name + "', function(keys, args) " + body + " end)";
        Program.run(directory, List.of("redis-cli", "-p", "" + port, "function", "load", "replace", library));
    }

    /** Calls per second of a function. */
    double calls(String name, int clients, Duration time) throws IOException {
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
        String last = Program.run(directory, command).strip().lines().toList().getLast();
        return Double.parseDouble(last.split(",", -1)[1].replace("\"", ""));
    }

    /** Adds entries with three-element keys until there are {@code count}. */
    void fill(int count) throws IOException {
        script("for i = 0, " + (count - 1) + " do "
                + "redis.call('set', string.format('big:g%02d:e%07d', i % 100, i), string.rep('v', 50)) end");
    }

    long resident() throws IOException {
        return server.resident();
    }

    /** Seconds from starting it anew until it answers. */
    double restart() throws IOException, InterruptedException {
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
        return Program.run(directory, List.of("redis-cli", "-p", "" + port, "eval", lua, "0"));
    }

    @Override
    public void close() {
        server.close();
    }
}
