package distkv.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.cli.input.FailedException;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.model.Commit;
import distkv.model.Epochs;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.server.copy.CopyRole;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.Replication;
import distkv.store.Store;
import distkv.store.engine.MemoryStore;
import distkv.store.sqlite.CopyFile;
import distkv.store.sqlite.SqliteOptions;
import distkv.store.sqlite.SqliteStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a main server tells those who follow it, and what it refuses them. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class FollowedServerTest {
    @TempDir
    private java.nio.file.Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private SqliteStore store;
    private Server server;
    private final CompletableFuture<Epochs> superseded = new CompletableFuture<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    private void start(boolean sync) throws IOException {
        store = SqliteStore.open(directory.resolve("main"), SqliteOptions.of("home"));
        server = closing(Server.start(
                ServerOptions.defaults().at("127.0.0.1", 0).open(true),
                store,
                new CopyRole(sync, null, superseded::complete)));
    }

    private Client connect() throws InterruptedException {
        return closing(Client.connect(ClientOptions.of("127.0.0.1", server.port())));
    }

    private static Write set(String path) {
        return Write.set(Path.parse(path), Values.encode(1), Expectation.anything());
    }

    private static MainServer.CopyInput feed(Client client, Replication copy, long revision)
            throws InterruptedException, CompactedException {
        return new MainServer.CopyInput(client, new Request.FollowStore(Seq.of(1), copy.seal(), revision, "", -1));
    }

    /** A store in another directory with what is in the main one now. */
    private SqliteStore copy(String name, boolean promoted) throws Exception {
        java.nio.file.Path place = directory.resolve(name);
        try (CopyFile draft = CopyFile.in(place);
                Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            MainServer.CopyInput feed =
                    new MainServer.CopyInput(client, new Request.FollowStore(Seq.of(1), null, -1, "", -1));
            draft.begin(feed.start(), "main.example");
            CopyBatch batch;
            do {
                batch = feed.batch();
                draft.append(batch);
            } while (batch.upTo() < batch.newest());
            draft.finish();
        }
        if (promoted) {
            CopyFile.promote(place);
        }
        return closing(SqliteStore.open(place, SqliteOptions.of("home")));
    }

    private static void commit(Store store, Write write) {
        store.commit(Commit.of(write)).join();
    }

    private static void assertRefused(Client client, Replication copy, long revision, String reason) {
        assertThatThrownBy(() -> feed(client, copy, revision))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.etype()).isEqualTo(Etype.CHAIN))
                .hasMessageContaining(reason);
    }

    @Test
    void withSyncAWriteIsAnsweredWhenACopyHasConfirmedIt() throws Exception {
        start(true);
        Client client = connect();
        assertThatThrownBy(() -> client.set(Path.parse("a"), Values.encode(1)))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.etype()).isEqualTo(Etype.REFUSED));
        MainServer.CopyInput feed = new MainServer.CopyInput(
                connect(),
                new Request.FollowStore(Seq.of(1), store.replication().seal(), 0, "", -1));
        feed.batch();
        feed.acknowledge();
        CompletableFuture<Long> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                while (!answer.isDone()) {
                    try {
                        answer.complete(client.set(Path.parse("a"), Values.encode(1)));
                    } catch (ClientException e) {
                        // Until the acknowledgement has arrived, no copy is there.
                        Thread.onSpinWait();
                    }
                }
            } catch (InterruptedException e) {
                answer.completeExceptionally(e);
            }
        });
        CopyBatch batch;
        do {
            batch = feed.batch();
        } while (batch.rows().isEmpty());
        // The change is here and visible, but nobody has confirmed that.
        assertThat(connect().get(Path.parse("a"))).isNotNull();
        assertThat(answer).isNotDone();
        feed.acknowledge();
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(256);
    }

    @Test
    void whatIsNoBeginningOfItsHistoryMayNotFollow() throws Exception {
        start(false);
        commit(store, set("a"));
        Replication promoted = copy("promoted", true).replication();
        SqliteStore other = closing(SqliteStore.open(directory.resolve("other"), SqliteOptions.of("home")));
        Client client = connect();
        assertRefused(client, other.replication(), 0, "copy: it is of another tree");
        assertRefused(client, store.replication(), 7, "copy: it has revision 7, which is ahead of this server");
        assertThat(superseded).isNotDone();
        assertRefused(
                client, promoted, 1, "this server is of epoch 1 of the tree, which another server has in epoch 2");
        assertThat(superseded.get(20, TimeUnit.SECONDS)).isEqualTo(promoted.epochs());
    }

    @Test
    void afterAPromotionOnlyWhatWasCopiedIsABeginning() throws Exception {
        start(false);
        commit(store, set("a"));
        Replication old = store.replication();
        SqliteStore promoted = copy("promoted", true);
        SqliteStore rival = copy("rival", true);
        Server second =
                closing(Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), promoted, CopyRole.MAIN));
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", second.port()))) {
            assertRefused(client, old, 3, "copy: it has 2 changes that this server does not have, after revision 1");
            assertRefused(client, rival.replication(), 1, "copy: its epoch 2 is not one of this server's");
            // It may follow, but the revisions that the former main server may have used are left out.
            assertThatThrownBy(() -> feed(client, old, 1)).isInstanceOf(CompactedException.class);
        }
    }

    private static void assertCannotFollow(int port, java.nio.file.Path data, String reason) {
        MainServer main = new MainServer(ClientOptions.of("127.0.0.1", port));
        CopyFile.Identity mine = Objects.requireNonNull(CopyFile.identity(data));
        assertThatThrownBy(() -> main.check(mine, data))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("cannot follow 127.0.0.1:" + port + ": ")
                .hasMessageContaining(reason);
    }

    @Test
    void whatIsHereIsCheckedBeforeItBecomesACopy() throws Exception {
        start(false);
        commit(store, set("a"));
        SqliteStore.open(directory.resolve("other"), SqliteOptions.of("home")).close();
        assertCannotFollow(server.port(), directory.resolve("other"), "holds another tree, home");
        assertCannotFollow(server.port(), directory.resolve("main"), "holds a main store of epoch 1");
        SqliteStore promoted = copy("promoted", true);
        commit(store, set("lost"));
        Server second =
                closing(Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), promoted, CopyRole.MAIN));
        assertCannotFollow(second.port(), directory.resolve("main"), "1 revisions are only here, after revision 1");
        // This process has seen the second epoch.
        assertCannotFollow(server.port(), directory.resolve("promoted"), "a server of epoch 1 of the tree");
    }

    @Test
    void aServerThatSaysNothingOfItsTreeCannotBeFollowed() throws Exception {
        start(false);
        Server other =
                closing(Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), new MemoryStore("tree")));
        assertCannotFollow(other.port(), directory.resolve("main"), "it does not say which tree it has");
    }

    @Test
    void whoeverHasNotLoggedInMayNeitherFollowNorPromote() throws Exception {
        store = SqliteStore.open(directory.resolve("main"), SqliteOptions.of("home"));
        server = closing(Server.start(ServerOptions.defaults().at("127.0.0.1", 0), store, CopyRole.MAIN));
        assertDenied(seq -> new Request.FollowStore(seq, null, -1, "", -1));
        assertDenied(seq -> new Request.PromoteCopy(seq, true));
    }

    private void assertDenied(Function<Seq, Request> request) throws InterruptedException {
        Reply reply = Client.asNobody(ClientOptions.of("127.0.0.1", server.port()), nobody -> nobody.ask(request));
        assertThat(reply)
                .isInstanceOfSatisfying(
                        Reply.Failed.class, failed -> assertThat(failed.etype()).isEqualTo(Etype.ACCESS));
    }
}
