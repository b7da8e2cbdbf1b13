package distkv.bench;

import distkv.bench.load.LoadGenerator;
import distkv.bench.process.RedisServer;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.code.call.CodeOptions;
import distkv.code.call.CodeRoot;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.Prefixes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Row 16: calls of stored procedures, by one thread. */
final class CallRows {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 64;
    private static final Path PROCEDURES = Prefixes.DEFAULT.codes();

    private CallRows() {}

    static List<BenchResult> calls(Testbed testbed) throws Exception {
        RedisServer redis = testbed.redis();
        redis.function("twice", "return tonumber(args[1]) * 2");
        ClientOptions server =
                ClientOptions.of("127.0.0.1", testbed.ours().address().getPort());
        CodeOptions options =
                CodeOptions.defaults().withPython(List.of(testbed.python().toString()), Map.of());
        try (Client client = Client.connect(server);
                CodeRoot code = CodeRoot.open(client, options)) {
            store(client, code, "java", Map.of("code", "long run(long x) { return 2 * x; }", "language", "java"));
            store(client, code, "python", Map.of("code", "return 2 * x", "vars", List.of("x"), "is_async", false));
            List<BenchResult.PeerFigure> rates = new Comparison()
                    .enter("DistKV for Java", time -> rate(code, time))
                    .enter("Redis FCALL, 64 connections", time -> redis.calls("twice", CONNECTIONS, time))
                    .run(WARM_UP, TIME);
            double rate = rates.getFirst().value();
            double median = new Comparison()
                    .enter("", time -> median(code, time))
                    .run(WARM_UP, TIME)
                    .getFirst()
                    .value();
            return List.of(
                    new BenchResult(
                            16,
                            "calls of a Java procedure, in the caller's JVM",
                            "calls/s",
                            rate,
                            rates.subList(1, rates.size()),
                            "≥ 100,000/s",
                            rate >= 100_000),
                    new BenchResult(
                            16, "call of a Python procedure, p50", "ms", median, List.of(), "≤ 0.3 ms", median <= 0.3));
        }
    }

    private static void store(Client client, CodeRoot code, String name, Map<String, ? extends @Nullable Object> entry)
            throws InterruptedException {
        code.awaitProcedure(client.set(PROCEDURES.append(Path.of("bench", name)), Values.encode(entry)));
    }

    private static double rate(CodeRoot code, Duration time) throws InterruptedException {
        long calls = 0;
        long start = System.nanoTime();
        long end = start + time.toNanos();
        while (System.nanoTime() < end) {
            check(code.call("bench.java", calls), 2 * calls);
            calls++;
        }
        return LoadGenerator.rate(calls, start);
    }

    private static double median(CodeRoot code, Duration time) throws InterruptedException {
        LoadGenerator.Samples samples = new LoadGenerator.Samples();
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long sent = System.nanoTime();
            check(code.call("bench.python", 21L), 42);
            samples.add(System.nanoTime() - sent);
        }
        return samples.median() / 1e6;
    }

    private static void check(@Nullable Object result, long expected) {
        if (!Long.valueOf(expected).equals(result)) {
            throw new IllegalStateException("a call returned " + result + " (expected: " + expected + ")");
        }
    }
}
