package distkv.store.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * A real etcd on loopback, one member or several, with nothing in it, which keeps its files below a directory. A member
 * that is killed loses nothing that the kernel has.
 */
public final class Etcd implements AutoCloseable {
    private final Path directory;
    private final String program;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Process> members = new ArrayList<>();
    private final String cluster;
    private final List<Integer> peers = new ArrayList<>();
    private int prefixes;

    private Etcd(Path directory, int count) throws IOException {
        this.directory = directory;
        this.program = program();
        for (int i = 0; i < count; i++) {
            ports.add(freePort());
            peers.add(freePort());
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("m" + i + "=http://127.0.0.1:" + peers.get(i));
        }
        cluster = String.join(",", names);
    }

    public static Etcd start(Path directory) {
        return start(directory, 1);
    }

    public static Etcd start(Path directory, int count) {
        try {
            Etcd etcd = new Etcd(directory, count);
            for (int i = 0; i < count; i++) {
                etcd.members.add(etcd.run(i));
            }
            etcd.awaitReady();
            return etcd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has a leader. */
    private void awaitReady() {
        try (EtcdClient client = client()) {
            Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
                client.revoke(client.grant(Duration.ofSeconds(1)));
                return true;
            });
        }
    }

    /** Options for a tree that was never used before. */
    EtcdOptions options() {
        return EtcdOptions.of(fresh(), "contract").allowOld(true).withPresence(Duration.ofSeconds(20));
    }

    /** A client of it. */
    EtcdClient client() {
        return new EtcdClient(fresh(), Duration.ofSeconds(2));
    }

    /** The one that the project builds, perhaps now; otherwise the system's own. */
    private static String program() throws IOException {
        Path project = Path.of("..").toRealPath();
        Process build = new ProcessBuilder(project.resolve("scripts/build").toString(), "etcd")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (build.onExit().join().exitValue() == 0) {
            try (Stream<Path> files = Files.list(project.resolve("build/etcd"))) {
                return files.sorted().toList().getLast().toString();
            }
        }
        boolean isThere = Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "etcd")));
        Assumptions.assumeTrue(isThere, "there is no etcd, and none can be built (expected: Go 1.25, or etcd)");
        return "etcd";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process run(int member) throws IOException {
        String url = "http://127.0.0.1:" + ports.get(member);
        String peer = "http://127.0.0.1:" + peers.get(member);
        return new ProcessBuilder(
                        program,
                        "--name=m" + member,
                        "--data-dir=" + directory.resolve("m" + member),
                        "--unsafe-no-fsync",
                        "--listen-client-urls=" + url,
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=" + cluster,
                        "--heartbeat-interval=50",
                        "--election-timeout=500")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("m" + member + ".log").toFile()))
                .start();
    }

    /** An address with a prefix that was never used before. */
    public EtcdAddress fresh() {
        return new EtcdAddress(ports.stream().map(port -> "127.0.0.1:" + port).toList(), "/test" + ++prefixes + "/");
    }

    public void kill(int member) {
        members.get(member).destroyForcibly().onExit().join();
    }

    /** It gets no processor until {@link #resume}; what is sent to it waits. */
    void pause(int member) throws IOException, InterruptedException {
        signal(member, "STOP");
    }

    void resume(int member) throws IOException, InterruptedException {
        signal(member, "CONT");
    }

    private void signal(int member, String signal) throws IOException, InterruptedException {
        String pid = String.valueOf(members.get(member).pid());
        if (new ProcessBuilder("kill", "-" + signal, pid).start().waitFor() != 0) {
            throw new IOException("kill -" + signal + " " + pid + " failed");
        }
    }

    public void restart(int member) throws IOException {
        members.set(member, run(member));
    }

    @Override
    public void close() {
        members.forEach(member -> member.destroyForcibly().onExit().join());
    }
}
