package distkv.bench.process;

import distkv.bench.load.BlockingConnection;
import distkv.bench.load.Requests;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our server, started as users start it, with a data directory on the same disk as the peers. */
public final class DistkvServer implements Closeable {
    private final Path project;
    private final Path directory;
    private final String name;
    private final List<String> command;
    private final boolean closed;
    private final int port;
    private ManagedProcess server;

    /** @param command {@code server}, or {@code up} for a server with a runner, and more options */
    public DistkvServer(Path project, Path directory, String name, String... command)
            throws IOException, InterruptedException {
        this(project, directory, name, false, command);
    }

    private DistkvServer(Path project, Path directory, String name, boolean closed, String... command)
            throws IOException, InterruptedException {
        this.project = project;
        this.directory = directory;
        this.name = name;
        this.closed = closed;
        this.command = List.of(command);
        this.port = ManagedProcess.freePort();
        this.server = start();
    }

    /** A server at whose port everybody must log in. */
    public static DistkvServer closed(Path project, Path directory, String name)
            throws IOException, InterruptedException {
        return new DistkvServer(project, directory, name, true, "server");
    }

    private ManagedProcess start() throws IOException, InterruptedException {
        List<String> line = with(command.toArray(String[]::new));
        if (!closed) {
            line.add("--open");
        }
        line.addAll(List.of("--data", data().toString(), "--bind", "127.0.0.1:" + port));
        ManagedProcess program = ManagedProcess.start(directory, name, line);
        program.awaitPort(address());
        return program;
    }

    /** Its Unix socket, which is there a little later than its port. */
    public UnixDomainSocketAddress socket() throws IOException, InterruptedException {
        Path socket = data().resolve("distkv.sock");
        server.awaitFile(socket);
        return UnixDomainSocketAddress.of(socket);
    }

    /** Its data directory. */
    public Path data() {
        return directory.resolve(name + "-data");
    }

    public InetSocketAddress address() {
        return ManagedProcess.loopback(port);
    }

    public ManagedProcess program() {
        return server;
    }

    /** The launcher with these arguments. */
    public List<String> with(String... arguments) {
        List<String> line = new ArrayList<>(List.of(project.resolve("distkv").toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** A new token, which has this right. */
    public String token(String name, String rule) throws IOException, InterruptedException {
        String socket = "unix:" + socket().getPath();
        ManagedProcess.run(directory, with("role", "set", name, "-h", socket, "--allow", rule));
        return ManagedProcess.run(directory, with("token", "create", name, "-h", socket, "--role", name))
                .strip();
    }

    /** The command line of our client with these arguments, for this server. */
    public List<String> client(String... arguments) {
        List<String> line = with("client", "--port", "" + port);
        line.addAll(List.of(arguments));
        return line;
    }

    /** Starts a runner of any-node jobs as a process of its own. */
    public ManagedProcess runner(String node) throws IOException {
        return ManagedProcess.start(
                directory,
                "runner-" + node,
                with("-C", "connect.name=" + node, "client", "--port", "" + port, "run", "all"));
    }

    /** Resident memory in bytes after a full collection. */
    public long resident() throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        ManagedProcess.run(directory, List.of(jcmd, "" + server.pid(), "GC.run"));
        return server.resident();
    }

    /** The heap limit, as the virtual machine reports it. */
    public String heapLimit() throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String flags = ManagedProcess.run(directory, List.of(jcmd, "" + server.pid(), "VM.flags"));
        for (String flag : flags.split("\\s+", -1)) {
            if (flag.startsWith("-XX:MaxHeapSize=")) {
                return "-Xmx" + Long.parseLong(flag.substring(16)) / (1 << 20) + "m";
            }
        }
        return "-Xmx unknown";
    }

    /** The time, in seconds, from restarting it until it has answered this request. */
    public double restart(Requests.Talk first) throws IOException, InterruptedException {
        server.stop();
        long start = System.nanoTime();
        server = start();
        try (BlockingConnection connection = new BlockingConnection(address())) {
            connection.call(first);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        server.close();
    }
}
