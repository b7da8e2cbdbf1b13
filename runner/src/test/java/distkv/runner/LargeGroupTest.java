package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Mirror;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Groups of many runners, in one process, each with its own connections, session and workers. However late everything
 * is, in the end each job has a run, where its claim is, and each node its share. The figures are printed.
 */
class LargeGroupTest {
    private static final Path CLAIM = Path.of(".distkv", "claim");

    private World world;
    private Mirror states;
    private Mirror claims;
    /** Who runs what, as the states say. */
    private final Map<Path, String> running = new ConcurrentHashMap<>();
    /** Who has the claims. */
    private final Map<Path, String> held = new ConcurrentHashMap<>();

    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final List<Runner> runners = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private long revision;
    private long began;

    @BeforeEach
    void start() throws Exception {
        world = new World();
        world.code("service", "await _self.setup_done()\nasync for msg in _info:\n    pass");
        states = world.client.mirror(World.STATE);
        states.listen((before, now) -> note(running, World.STATE, now));
        claims = world.client.mirror(CLAIM);
        claims.listen((before, now) -> note(held, CLAIM, now));
        states.awaitInitial();
        claims.awaitInitial();
    }

    private static void note(Map<Path, String> who, Path root, Entry now) {
        Path job = now.path().tail(root.length());
        if (now.value() != null
                && Values.decode(now.value()) instanceof Map<?, ?> map
                && map.get("node") instanceof String node) {
            who.put(job, node);
        } else {
            who.remove(job);
        }
    }

    @AfterEach
    void stop() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            runners.forEach(runner -> threads.execute(runner::close));
        }
        clients.forEach(Client::close);
        states.close();
        claims.close();
        world.close();
    }

    /** Starts them all at once. One that is not ready in time is started again, as systemd would. */
    private void runners(int count) throws Exception {
        List<Future<Runner>> starting = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < count; i++) {
                RunnerOptions options =
                        world.options("n" + i, Kind.ANY).capacity(1).log(line -> said.add(line.text()));
                Client own = Client.connect(
                        ClientOptions.of("127.0.0.1", world.server.port()).withName(options.node()));
                clients.add(own);
                starting.add(threads.submit(() -> runner(options, own)));
            }
        }
        for (Future<Runner> started : starting) {
            runners.add(started.get());
        }
    }

    private Runner runner(RunnerOptions options, Client own) throws InterruptedException {
        while (true) {
            try {
                return Runner.start(options, own);
            } catch (RunnerException e) {
                said.add("not ready: " + e.getMessage());
            }
        }
    }

    private void jobs(int count) throws Exception {
        List<Future<?>> set = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(16, Thread.ofVirtual().factory())) {
            for (int i = 0; i < count; i++) {
                Path entry = World.entry(Kind.ANY, "", "j" + i);
                set.add(threads.submit(() -> world.client.set(entry, Values.encode(World.job("service")))));
            }
        }
        for (Future<?> one : set) {
            one.get();
        }
    }

    private long revision() throws Exception {
        return Revision.ofTick(world.client.set(Path.of("now"), Values.encode(1L)));
    }

    private void begin() throws Exception {
        said.clear();
        revision = revision();
        began = System.nanoTime();
    }

    private Map<String, Integer> loads() {
        Map<String, Integer> loads = new TreeMap<>();
        held.values().forEach(node -> loads.merge(node, 1, Integer::sum));
        return loads;
    }

    private boolean eachRuns(int jobs) {
        return held.size() == jobs && new HashMap<>(held).equals(running);
    }

    /** No node has a tenth more than its share, and more than that. */
    private boolean isBalanced(int nodes, int jobs) {
        int most = Math.max((int) (1.1 * jobs / nodes), Math.ceilDiv(jobs, nodes));
        return loads().values().stream().allMatch(load -> load <= most);
    }

    private long said(String text) {
        return said.stream().filter(line -> line.contains(text)).count();
    }

    private void print(String what, int jobs) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%-28s %6.1f s, %d run, %.2f commits a job; %d moved, %d cut off, %d lost, %d killed, %d not ready; load average %.0f%n",
                what,
                (System.nanoTime() - began) / 1e9,
                running.size(),
                (revision() - revision) / (double) jobs,
                said("told to end: moved"),
                said("told to end: cut off"),
                said("told to end: claim lost"),
                said("did not end"),
                said("not ready"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private void settles(int nodes, int jobs, long seconds) throws Exception {
        await().atMost(seconds, TimeUnit.SECONDS).until(() -> eachRuns(jobs));
        print("all run", jobs);
        await().atMost(seconds, TimeUnit.SECONDS).until(() -> eachRuns(jobs) && isBalanced(nodes, jobs));
        print("all run, and are balanced", jobs);
    }

    @Test
    void aGroupSettlesThatStartsWhenItsJobsAreThere() throws Exception {
        jobs(120);
        begin();
        runners(6);
        settles(6, 120, 60);
        assertThat(world.below(World.ERROR)).isEmpty();
    }

    @Tag("long")
    @ParameterizedTest(name = "{0} runners, {1} jobs, jobs first: {2}")
    @CsvSource({"20, 2000, false", "20, 2000, true", "40, 2000, false", "40, 2000, true"})
    void aLargeGroupSettles(int nodes, int jobs, boolean jobsFirst) throws Exception {
        if (jobsFirst) {
            jobs(jobs);
            begin();
            runners(nodes);
            print(nodes + " runners are there", jobs);
        } else {
            begin();
            runners(nodes);
            print(nodes + " runners are there", jobs);
            begin();
            jobs(jobs);
            print("the jobs are there", jobs);
        }
        settles(nodes, jobs, 300);
        assertThat(world.below(World.ERROR)).isEmpty();
    }
}
