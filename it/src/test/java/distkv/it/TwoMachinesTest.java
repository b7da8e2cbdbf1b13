package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Mirror;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.job.StateEntry;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A second machine joins with one line, runs a job, and is revoked: by commands as they are typed. */
@Timeout(180)
class TwoMachinesTest {
    private static final Path STATES = Path.of(".distkv", "state", "any", "default");
    private static final Path RAN = Path.of("ran");
    private static final Path PRESENCE = Path.of(".distkv", "presence", "default", "attic");

    @TempDir
    private java.nio.file.Path directory;

    @Test
    void aMachineJoinsWithOneLineRunsAJobAndIsRevoked() throws Exception {
        String unavailable = Machine.unavailable();
        assumeTrue(unavailable.isEmpty(), "no network namespaces here: " + unavailable);
        List<Machine> machines = Machine.pair(directory);
        try (Machine attic = machines.getLast();
                Machine house = machines.getFirst()) {
            String python = System.getenv().getOrDefault("DISTKV_PYTHON", "python3");
            house.configure("runner: {python: " + python + ", capacity: 1}\n");
            attic.configure("runner: {python: " + python + ", capacity: 100}\n");
            Files.writeString(house.home().resolve("wait.py"), """
                    import anyio
                    await _client.set(_P('ran'), value=_client.client_name)
                    await _self.setup_done()
                    await anyio.sleep(3600)
                    """);
            var up = house.start("up house --bind 0.0.0.0:27586 --tls auto");
            assertThat(Machine.line(up, "listening on")).as(house.log()).isNotNull();
            house.run("client code set -s " + house.home().resolve("wait.py") + " --async wait");
            String socket = "unix:" + house.home().resolve(".local/share/distkv/distkv.sock");
            try (Client client = Client.connect(ClientOptions.of(socket, ClientOptions.DEFAULT_PORT));
                    Mirror states = client.mirror(STATES);
                    Mirror ran = client.mirror(RAN);
                    Mirror presence = client.mirror(PRESENCE)) {
                states.awaitInitial();
                presence.awaitInitial();
                ran.awaitInitial();
                joins(house, attic, states, ran);
                servesBothGroupsAndCanBeInstalled(house, attic, client);
                isRevoked(house, attic, states, ran, presence);
            }
        }
    }

    private static void joins(Machine house, Machine attic, Mirror states, Mirror ran) throws Exception {
        long start = System.nanoTime();
        String line = house.run("node invite attic -g default -g garden --label gpio");
        long invited = System.nanoTime();
        assertThat(line).startsWith("distkv join 10.213.0.1:27586 ").endsWith("\n");
        String joined = attic.run(line.strip().substring("distkv ".length()));
        long done = System.nanoTime();
        assertThat(joined).contains("This machine is now attic, a node of tls://10.213.0.1:27586");
        var runner = attic.start("client run all");
        assertThat(Machine.line(runner, "Running.")).as(attic.log()).isNotNull();
        house.run("client run set -c wait -t 0 job");
        Fleet.await("the job runs in the attic", () -> "attic".equals(node(states)) && "attic".equals(text(ran)));
        long runs = System.nanoTime();
        assertThat(house.run("node list")).containsPattern("attic +connected +default,garden +gpio ");
        System.out.printf(
                "invited in %.1f s, joined in %.1f s, the job runs there after %.1f s more%n",
                seconds(start, invited), seconds(invited, done), seconds(done, runs));
    }

    private static void servesBothGroupsAndCanBeInstalled(Machine house, Machine attic, Client client)
            throws Exception {
        Files.writeString(house.home().resolve("who.py"), "return _client.client_name\n");
        house.run("client code set -s " + house.home().resolve("who.py") + " --async who");
        Path state = Path.of(".distkv", "state", "any", "garden", "who");
        try (Mirror garden = client.mirror(state)) {
            garden.awaitInitial();
            house.run("client run -g garden set -c who -t 0 who");
            Fleet.await("the attic runs jobs of the garden, too", () -> "attic".equals(result(garden.get(state))));
        }
        assertThat(attic.run("install --user --dry-run"))
                .startsWith("a runner only, as this machine is node attic of tls://10.213.0.1:27586\n")
                .contains("distkv client run all --every-kind")
                .doesNotContain("distkv server", " -h ");
    }

    private static @Nullable Object result(@Nullable Entry state) {
        return state != null
                        && state.value() != null
                        && Values.decode(Objects.requireNonNull(state.value())) instanceof Map<?, ?> fields
                ? fields.get("result")
                : null;
    }

    private static void isRevoked(Machine house, Machine attic, Mirror states, Mirror ran, Mirror presence)
            throws Exception {
        long[] gone = new long[1];
        presence.listen((before, now) -> {
            if (now == null || now.value() == null) {
                gone[0] = System.nanoTime();
            }
        });
        long start = System.nanoTime();
        house.run("node revoke attic");
        Fleet.await("the job runs in the house", () -> "house".equals(node(states)) && "house".equals(text(ran)));
        long elsewhere = System.nanoTime();
        System.out.printf(
                "revoked: the job is elsewhere %.2f s after the node is out, %.1f s after the command was typed%n",
                seconds(gone[0], elsewhere), seconds(start, elsewhere));
        assertThat(attic.fail("client data list :")).contains("this machine is not node attic any more");
        assertThat(house.run("node list")).containsPattern("attic +revoked ");
        // It may come back.
        attic.run(house.run("node invite attic").strip().substring("distkv ".length()));
        attic.run("client data list :");
    }

    private static double seconds(long from, long to) {
        return (to - from) / (double) TimeUnit.SECONDS.toNanos(1);
    }

    /** What the job has written. */
    private static @Nullable Object text(Mirror ran) {
        Entry entry = ran.get(RAN);
        return entry == null || entry.value() == null ? null : Values.decode(Objects.requireNonNull(entry.value()));
    }

    /** Where the job runs; {@code null} if it does not. */
    private static @Nullable String node(Mirror states) {
        Entry entry = states.get(STATES.child("job"));
        return entry == null || entry.value() == null
                ? null
                : StateEntry.read(Objects.requireNonNull(entry.value())).node();
    }
}
