package distkv.bench.process;

import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** etcd, one member, and a load through jetcd. */
public final class EtcdServer implements Closeable {
    /** The number of connections of the load. More of them are slower. */
    private static final int CONNECTIONS = 2;

    private static final ByteSequence VALUE = bytes("v".repeat(50));

    private final ManagedProcess server;
    private final List<Client> clients = new ArrayList<>();

    public EtcdServer(Path directory) throws IOException, InterruptedException {
        int port = ManagedProcess.freePort();
        String url = "http://127.0.0.1:" + port;
        String peers = "http://127.0.0.1:" + ManagedProcess.freePort();
        server = ManagedProcess.start(
                directory,
                "etcd",
                List.of(
                        "etcd",
                        "--name=bench",
                        "--data-dir=" + directory.resolve("data"),
                        "--listen-client-urls=" + url,
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=bench=" + peers));
        server.awaitPort(ManagedProcess.loopback(port));
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(Client.builder().endpoints(url).build());
        }
    }

    /** Puts per second with this number of requests in flight. */
    public double puts(int inFlight, Duration time) {
        AtomicLong replies = new AtomicLong();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        List<CompletableFuture<Void>> chains = new ArrayList<>();
        for (int i = 0; i < inFlight; i++) {
            SplittableRandom random = new SplittableRandom(i);
            chains.add(chain(clients.get(i % CONNECTIONS), random, replies, end));
        }
        CompletableFuture.allOf(chains.toArray(CompletableFuture[]::new)).join();
        return LoadGenerator.rate(replies.get(), start);
    }

    private static CompletableFuture<Void> chain(Client client, SplittableRandom random, AtomicLong replies, long end) {
        int which = random.nextInt(Requests.ENTRIES);
        return client.getKVClient().put(key("bench", which), VALUE).thenComposeAsync(done -> {
            replies.incrementAndGet();
            return System.nanoTime() < end
                    ? chain(client, random, replies, end)
                    : CompletableFuture.completedFuture(null);
        });
    }

    /** The median time, in milliseconds, from a put until another connection sees it. */
    public double seen(Duration time) throws InterruptedException {
        String name = "seen" + System.nanoTime();
        LinkedBlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();
        ByteSequence key = key(name, 0);
        try (Watch.Watcher _ = clients.get(1)
                .getWatchClient()
                .watch(key, response -> response.getEvents().forEach(event -> arrivals.add(System.nanoTime())))) {
            // jetcd's watch returns before it is registered: put until the first change arrives.
            do {
                clients.get(0).getKVClient().put(key, VALUE).join();
            } while (arrivals.poll(100, TimeUnit.MILLISECONDS) == null);
            LoadGenerator.Samples samples = new LoadGenerator.Samples();
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                arrivals.clear();
                long sent = System.nanoTime();
                var put = clients.get(0).getKVClient().put(key, VALUE);
                samples.add(arrivals.take() - sent);
                put.join();
            }
            return samples.median() / 1e6;
        }
    }

    /** The time, in seconds, from the last renewal of a lease until a watcher sees that its key is gone. */
    public double leaseEnds(int ttl) throws InterruptedException {
        CompletableFuture<Long> gone = new CompletableFuture<>();
        ByteSequence key = key("lease", 0);
        Client client = clients.get(0);
        long lease = client.getLeaseClient().grant(ttl).join().getID();
        long revision = client.getKVClient()
                .put(key, VALUE, PutOption.builder().withLeaseId(lease).build())
                .join()
                .getHeader()
                .getRevision();
        try (Watch.Watcher _ = clients.get(1)
                .getWatchClient()
                .watch(
                        key,
                        WatchOption.builder().withRevision(revision + 1).build(),
                        response -> gone.complete(System.nanoTime()))) {
            client.getLeaseClient().keepAliveOnce(lease).join();
            long start = System.nanoTime();
            return (gone.join() - start) / 1e9;
        }
    }

    private static ByteSequence key(String name, int which) {
        return bytes("%s/g%02d/e%07d".formatted(name, which % 100, which));
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        clients.forEach(Client::close);
        server.close();
    }
}
