package distkv.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The place where a run measures: its directory, and the servers, each started when a row first asks for it. */
final class Lab implements Closeable {
    private final Path project;
    private final Path directory;
    private final Path python;
    private final Deque<Closeable> open = new ArrayDeque<>();
    private @Nullable Ours ours;
    private @Nullable Redis redis;
    private @Nullable Etcd etcd;
    private @Nullable Original original;

    /** @param python the interpreter of the environment that has the original */
    Lab(Path project, Path directory, Path python) {
        this.project = project;
        this.directory = directory;
        this.python = python;
    }

    /** Tells whoever watches what is going on. */
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

    /** Our server, with the entries {@code bench} that the rows get and set. */
    Ours ours() throws IOException, InterruptedException {
        Ours known = ours;
        if (known == null) {
            known = fresh("ours", "server");
            Loads.pipelined(known.address(), 256, Requests.fill("bench"), Requests.ENTRIES);
            ours = known;
        }
        return known;
    }

    /** Another server of ours, empty, for one row alone. */
    Ours fresh(String name, String command) throws IOException, InterruptedException {
        return opened(new Ours(project, directory, name, command));
    }

    Redis redis() throws IOException, InterruptedException {
        Redis known = redis;
        if (known == null) {
            known = opened(new Redis(directory.resolve("redis")));
            redis = known;
        }
        return known;
    }

    Etcd etcd() throws IOException, InterruptedException {
        Etcd known = etcd;
        if (known == null) {
            known = opened(new Etcd(directory.resolve("etcd")));
            etcd = known;
        }
        return known;
    }

    Original original() throws IOException, InterruptedException {
        Original known = original;
        if (known == null) {
            Path cli = project.resolve("it/src/test/resources/clients/distkv_command.py");
            known = opened(new Original(python, cli, directory.resolve("original")));
            Loads.pipelined(known.address(), 16, Requests.fill("bench"), Original.ENTRIES);
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
