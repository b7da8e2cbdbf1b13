package distkv.bench;

import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.EtcdServer;
import distkv.bench.process.OriginalServer;
import distkv.bench.process.RedisServer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The directory and the servers of a run; a server is started when a row first asks for it. */
final class Testbed implements Closeable {
    private final Path project;
    private final Path directory;
    private final Path python;
    private final Deque<Closeable> open = new ArrayDeque<>();
    private @Nullable DistkvServer ours;
    private @Nullable Twins twins;
    private @Nullable RedisServer redis;
    private @Nullable EtcdServer etcd;
    private @Nullable OriginalServer original;

    /** @param python the interpreter of the environment that has the original */
    Testbed(Path project, Path directory, Path python) {
        this.project = project;
        this.directory = directory;
        this.python = python;
    }

    /** Reports progress. */
    void say(String text) {
        System.err.println("bench: " + text);
    }

    /** The interpreter of the environment that our runners use. */
    Path python() {
        return project.resolve("build/venv/bin/python");
    }

    Path directory() {
        return directory;
    }

    /** Our server, with the {@code bench} entries that the rows get and set. */
    DistkvServer ours() throws IOException, InterruptedException {
        DistkvServer known = ours;
        if (known == null) {
            known = fresh("ours", "server");
            LoadGenerator.pipelined(known.address(), 256, Requests.fill("bench"), Requests.ENTRIES);
            ours = known;
        }
        return known;
    }

    /** Two more servers of ours with these entries, which no other row has used. */
    Twins twins() throws IOException, InterruptedException {
        Twins known = twins;
        if (known == null) {
            DistkvServer open = fresh("open", "server");
            DistkvServer closed = opened(DistkvServer.closed(project, directory, "closed"));
            for (DistkvServer server : List.of(open, closed)) {
                LoadGenerator.pipelined(server.socket(), 256, Requests.fill("bench"), Requests.ENTRIES);
            }
            known = new Twins(open, closed, Requests.token(closed.token("bench", "read, write at bench.+.+")));
            twins = known;
        }
        return known;
    }

    /**
     * @param closed where everybody must log in
     * @param logIn the request of a client that has the right to a pattern of paths, which all entries match
     */
    record Twins(DistkvServer open, DistkvServer closed, Requests.Talk logIn) {}

    /** Another empty server of ours, for one row only. */
    DistkvServer fresh(String name, String... command) throws IOException, InterruptedException {
        return opened(new DistkvServer(project, directory, name, command));
    }

    RedisServer redis() throws IOException, InterruptedException {
        RedisServer known = redis;
        if (known == null) {
            known = opened(new RedisServer(directory.resolve("redis")));
            redis = known;
        }
        return known;
    }

    EtcdServer etcd() throws IOException, InterruptedException {
        EtcdServer known = etcd;
        if (known == null) {
            known = opened(new EtcdServer(directory.resolve("etcd")));
            etcd = known;
        }
        return known;
    }

    OriginalServer original() throws IOException, InterruptedException {
        OriginalServer known = original;
        if (known == null) {
            Path cli = project.resolve("it/src/test/resources/clients/distkv_command.py");
            known = opened(new OriginalServer(python, cli, directory.resolve("original")));
            LoadGenerator.pipelined(known.address(), 16, Requests.fill("bench"), OriginalServer.ENTRIES);
            original = known;
        }
        return known;
    }

    private <T extends Closeable> T opened(T server) {
        open.push(server);
        return server;
    }

    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
