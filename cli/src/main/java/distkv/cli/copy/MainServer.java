package distkv.cli.copy;

import distkv.cli.input.FailedException;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.LogInException;
import distkv.client.ServerConnectionException;
import distkv.client.StreamReader;
import distkv.model.Epochs;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.server.copy.CopyCodec;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import distkv.store.sqlite.CopyFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server that is followed, or was. Any thread may use it. */
final class MainServer {
    private static final Duration GREETING = Duration.ofSeconds(2);

    private final ClientOptions options;

    MainServer(ClientOptions options) {
        this.options = options;
    }

    String address() {
        return options.address();
    }

    Client connect() throws InterruptedException {
        return Client.connect(options);
    }

    /**
     * What it says that it is, without a log-in. If it is of an older epoch than this user has seen, it is told so.
     *
     * @throws ServerConnectionException if it does not answer, or is of an older epoch
     */
    Reply.@Nullable Standing standing() throws InterruptedException {
        return Client.asNobody(
                        options.withConnectTimeout(GREETING),
                        server -> Optional.ofNullable(server.greeting().standing()))
                .orElse(null);
    }

    /** The stream of what a copy needs. Used by one thread. */
    static final class CopyInput {
        private final StreamReader stream;
        private final CopyFeed.Start start;

        /** @throws ClientException if the server refuses it */
        CopyInput(Client client, Request.FollowStore request) throws InterruptedException, CompactedException {
            stream = client.stream(seq ->
                    new Request.FollowStore(seq, request.seal(), request.revision(), request.resume(), request.tick()));
            start = CopyCodec.start(next().result());
        }

        CopyFeed.Start start() {
            return start;
        }

        CopyBatch batch() throws InterruptedException, CompactedException {
            return CopyCodec.batch(next().result());
        }

        /** All batches until now are durable. */
        void acknowledge() {
            stream.acknowledge();
        }

        private Reply.Result next() throws InterruptedException, CompactedException {
            while (true) {
                switch (stream.next()) {
                    case Reply.Result result -> {
                        return result;
                    }
                    case Reply.Failed failed
                    when failed.etype() == Etype.COMPACTED -> throw new CompactedException(0, 0);
                    case Reply.Failed failed -> throw ClientException.of(failed);
                    case Reply.StreamEnd _ -> throw new IllegalStateException("the stream of the copy has ended");
                    default -> {}
                }
            }
        }
    }

    /** Why a server that has answered cannot be followed. */
    FailedException explain(ClientException e) {
        FailedException failed = new FailedException("cannot follow " + address() + ": " + e.getMessage(), e);
        return switch (e) {
            case LogInException _ -> failed.withHint(logIn());
            case ServerConnectionException _ ->
                failed.withHint("start the main server first, and name the address by which this machine reaches it");
            default ->
                failed.withHint(
                        switch (e.etype()) {
                            case ACCESS -> logIn();
                            case CHAIN ->
                                "'distkv server --show-lost' lists what only this machine has; move store.db away, and"
                                        + " the tree is copied anew";
                            case READ_ONLY -> "follow the main server";
                            default -> null;
                        });
        };
    }

    private String logIn() {
        return "copies need the right admin: 'distkv login " + address() + "' as an owner, or set DISTKV_TOKEN";
    }

    /**
     * Refuses what is not the beginning of the history of this server. A copy needs no server to go on serving what it has.
     *
     * @param mine what is here
     */
    void check(CopyFile.Identity mine, Path data) throws InterruptedException {
        boolean isCopy = !mine.main().isEmpty();
        Reply.Standing its;
        try {
            its = standing();
        } catch (ClientException e) {
            if (isCopy) {
                return;
            }
            throw explain(e);
        }
        if (its == null) {
            throw notOurs();
        }
        String place = "cannot follow " + address() + ": data directory " + data + " holds ";
        Epochs epochs = Epochs.unseal(its.seal(), mine.secret());
        if (epochs == null) {
            throw new FailedException(place + "another tree, " + mine.tree()
                            + " (expected: a copy of that server's tree, or nothing)")
                    .withHint("name another directory with --data");
        }
        long shared = epochs.sharedWith(mine.epochs());
        if (shared < 0 || (shared == Long.MAX_VALUE && !isCopy)) {
            throw new FailedException(place + (isCopy ? "a copy" : "a main store") + " of epoch "
                            + mine.epochs().number() + ", and that server is of epoch " + epochs.number()
                            + " (expected: a server of a newer epoch)")
                    .withHint(isCopy ? null : "without --follow it serves as the main server");
        } else if (shared < mine.newest()) {
            throw new FailedException("cannot follow " + address() + ": " + (mine.newest() - shared)
                            + " revisions are only here, after revision " + shared
                            + " (expected: none, or they would be lost)")
                    .withHint(
                            "'distkv server --show-lost' lists them; move store.db away, and the tree is copied anew");
        }
    }

    FailedException notOurs() {
        return new FailedException("cannot follow " + address()
                        + ": it does not say which tree it has (expected: a server that keeps its tree in a file)")
                .withHint("a server of this version that was started with 'distkv server' or 'distkv up'");
    }
}
