package distkv.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our server, started as people start it, with a data directory on the disk that the peers use. */
final class Ours implements Closeable {
    private final Path project;
    private final Path directory;
    private final String name;
    private final String command;
    private final int port;
    private Program server;

    /** @param command {@code server}, or {@code up} for a server with a runner */
    Ours(Path project, Path directory, String name, String command) throws IOException, InterruptedException {
        this.project = project;
        this.directory = directory;
        this.name = name;
        this.command = command;
        this.port = Program.freePort();
        this.server = start();
    }

    private Program start() throws IOException, InterruptedException {
        Path data = directory.resolve(name + "-data");
        Program program =
                Program.start(directory, name, with(command, "--data", data.toString(), "--bind", "127.0.0.1:" + port));
        program.awaitPort(address());
        return program;
    }

    InetSocketAddress address() {
        return Program.loopback(port);
    }

    Program program() {
        return server;
    }

    /** The launcher with these arguments. */
    List<String> with(String... arguments) {
        List<String> line = new ArrayList<>(List.of(project.resolve("distkv").toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** The command line client with these arguments, bound to this server. */
    List<String> client(String... arguments) {
        List<String> line = with("client", "--port", "" + port);
        line.addAll(List.of(arguments));
        return line;
    }

    /** A runner of the jobs for any node, as a process of its own. */
    Program runner(String node) throws IOException {
        return Program.start(
                directory,
                "runner-" + node,
                with("-C", "connect.name=" + node, "client", "--port", "" + port, "run", "all"));
    }

    /** Resident memory in bytes after a full collection. */
    long resident() throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Program.run(directory, List.of(jcmd, "" + server.pid(), "GC.run"));
        return server.resident();
    }

    /** The heap limit it runs with, as the virtual machine says. */
    String heapLimit() throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String flags = Program.run(directory, List.of(jcmd, "" + server.pid(), "VM.flags"));
        for (String flag : flags.split("\\s+", -1)) {
            if (flag.startsWith("-XX:MaxHeapSize=")) {
                return "-Xmx" + Long.parseLong(flag.substring(16)) / (1 << 20) + "m";
            }
        }
        return "-Xmx unknown";
    }

    /** Seconds from starting it anew until it has answered this request. */
    double restart(Requests.Talk first) throws IOException, InterruptedException {
        server.stop();
        long start = System.nanoTime();
        server = start();
        try (Wire wire = new Wire(address())) {
            wire.call(first);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public void close() {
        server.close();
    }
}
