package distkv.cli;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.ConflictException;
import distkv.client.Monitor;
import distkv.client.ServerConnectionException;
import distkv.client.Watch;
import distkv.client.WatchOptions;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.protocol.Values;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The tree behind a server, as commands use it: contents are objects, and failures say what to do. */
record Tree(Client client, Config config) implements AutoCloseable {
    private static final int ATTEMPTS = 100;

    /** A write that happened. */
    record Written(long tick) {}

    static Tree connect(Config config) throws InterruptedException {
        ClientOptions options = options(config);
        try {
            return new Tree(Client.connect(options), config);
        } catch (ServerConnectionException e) {
            throw new FailedException(
                    "no server at " + options.host() + ":" + options.port() + " (" + e.getMessage()
                            + "); start one with 'distkv server' or 'distkv up', or name another with -h and -p",
                    e);
        }
    }

    static ClientOptions options(Config config) {
        String host = config.text("connect.host");
        String name = config.text("connect.name");
        return ClientOptions.of(host == null ? "localhost" : host, config.port("connect.port"))
                .withName(name == null ? Machine.name() : name)
                .withConnectTimeout(config.seconds("connect.init_timeout"))
                .withCallTimeout(config.seconds("connect.patience"))
                .withPlatformThreads();
    }

    String name() {
        return client.treeName();
    }

    @Nullable
    Entry read(Path path) throws InterruptedException {
        return client.get(path);
    }

    /** The entries of a subtree at these depths, parents first; {@code most} is -1 for all. */
    List<Entry> below(Path path, int least, int most) throws InterruptedException {
        return client.tree(path, new Depths(least, most < 0 ? Integer.MAX_VALUE : most));
    }

    /** The names of what is right below a path, also of what has no value but something below it. */
    List<Path> children(Path path) throws InterruptedException {
        return client.children(path).stream().map(Path::of).sorted().toList();
    }

    Written write(Path path, Content content, Expectation expected) throws InterruptedException {
        try {
            return new Written(
                    content.present()
                            ? client.set(path, Values.encode(content.value()), expected)
                            : client.delete(path, expected));
        } catch (ConflictException e) {
            throw conflict(path, expected, e);
        }
    }

    private FailedException conflict(Path path, Expectation expected, ConflictException e) {
        String found = e.tick() == null ? "is not there" : "was last changed by " + name() + " " + e.tick();
        return new FailedException(
                switch (expected) {
                    case Expectation.Absent() ->
                        path + " exists already (expected: no such entry); without --new it is changed";
                    case Expectation.At(long tick) ->
                        path + " " + found + " (expected: " + name() + " " + tick + "); read it again";
                    case Expectation.Anything() -> path + ": " + e.getMessage();
                },
                e);
    }

    /** Changes an entry so that nobody else's change is lost: what it makes of the content is tried until it fits. */
    Written change(Path path, UnaryOperator<Content> change) throws InterruptedException {
        ConflictException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Entry entry = read(path);
            Expectation expected = entry == null ? Expectation.absent() : Expectation.at(entry.tick());
            Content content = change.apply(Content.of(entry));
            try {
                return new Written(
                        content.present()
                                ? client.set(path, Values.encode(content.value()), expected)
                                : client.delete(path, expected));
            } catch (ConflictException e) {
                last = e;
            }
        }
        throw new FailedException(path + " is changed by others all the time; try again", Objects.requireNonNull(last));
    }

    /** Deletes an entry and all below it; says how many there were. */
    long deleteTree(Path path) throws InterruptedException {
        return client.deleteTree(path);
    }

    /** Follows a subtree. */
    Watch watch(Path path, boolean fetch, int most) throws InterruptedException {
        WatchOptions options = fetch ? WatchOptions.FETCH : WatchOptions.CHANGES;
        return client.watch(path, most < 0 ? options : options.at(new Depths(0, most)));
    }

    /** Receives the messages of a topic. */
    Monitor monitor(List<String> topic) throws InterruptedException {
        return client.monitor(topic);
    }

    @Override
    public void close() {
        client.close();
    }
}
