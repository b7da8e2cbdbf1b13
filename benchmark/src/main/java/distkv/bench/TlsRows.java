package distkv.bench;

import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.load.TlsLoad;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Row 27: gets through TLS 1.3, by one load generator for both servers, which show the same certificate. */
final class TlsRows {
    /** Until server and generator have compiled what encrypts, which is much more code than a get. */
    private static final Duration WARM_UP = Duration.ofSeconds(9);

    /** The first ones are a warm-up, too: the generator is compiled anew when it has met the second server. */
    private static final int ROUNDS = 9;

    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 64;

    private TlsRows() {}

    static List<BenchResult> gets(Testbed testbed) throws Exception {
        DistkvServer ours = testbed.fresh("secure", "server", "--tls", "auto");
        LoadGenerator.pipelined(ours.socket(), 256, Requests.fill("bench"), Requests.ENTRIES);
        Path certificates = ours.data().resolve("tls");
        Requests.Talk gets = Requests.gets("bench", Requests.ENTRIES);
        Requests.Talk redisGets = Requests.redisGets(Requests.ENTRIES);
        try (TlsLoad load = new TlsLoad(certificates.resolve("authority.crt"));
                RedisServer redis = RedisServer.withTls(testbed.directory().resolve("redis-tls"), certificates)) {
            List<BenchResult.PeerFigure> rates = new Comparison(ROUNDS)
                    .enter(
                            "DistKV for Java",
                            time -> load.closedLoop(ours.address(), CONNECTIONS, gets, TlsLoad.messages(), 1, time))
                    .enter(
                            "Redis GET",
                            time -> load.closedLoop(redis.tlsAddress(), CONNECTIONS, redisGets, TlsLoad.REDIS, 0, time))
                    .run(WARM_UP, TIME);
            double value = rates.getFirst().value();
            return List.of(new BenchResult(
                    27,
                    "get with TLS, 64 connections",
                    "requests/s",
                    value,
                    rates.subList(1, rates.size()),
                    "≥ 1.0 × Redis",
                    value >= rates.get(1).value()));
        }
    }
}
