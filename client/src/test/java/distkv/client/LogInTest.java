package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.PasswordHash;
import distkv.access.Token;
import distkv.access.User;
import distkv.client.login.ClientCredentials;
import distkv.client.login.CredentialsFile;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients at a server that wants to know who they are. */
@Timeout(60)
class LogInTest {
    private static final String HASH = PasswordHash.of(PasswordHash.digest("secret"));
    private static final Path PLACE = Path.of("a");

    @TempDir
    java.nio.file.Path directory;

    private final Token.Created token = Token.create("ci", List.of(new Grant("editor")), 0, "test", new SecureRandom());
    private Server server;
    /** By the Unix socket: the server's own user. */
    private Client owner;

    @BeforeEach
    void start() throws Exception {
        server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0).in(directory), new MemoryStore("tree"));
        owner = Client.connect(ClientOptions.of("unix:" + server.socketPath(), 1));
        put(AccessTable.user("anna"), new User("anna", List.of(new Grant("editor")), HASH, false).encode(null));
        put(AccessTable.token(token.token().id()), token.token().encode());
    }

    @AfterEach
    void stop() {
        owner.close();
        server.close();
    }

    private void put(Path path, @Nullable Value value) throws InterruptedException {
        owner.setInternal(path.tail(1), value);
    }

    private ClientOptions options(@Nullable ClientCredentials credentials) {
        return ClientOptions.of("127.0.0.1", server.port())
                .withRetry(Duration.ofMillis(2), Duration.ofMillis(20))
                .withCredentials(credentials);
    }

    private static ClientCredentials anna(String password) {
        return new ClientCredentials.Password("anna", password);
    }

    @Test
    void aClientLogsInByPasswordOrToken() throws Exception {
        for (ClientCredentials credentials : List.of(anna("secret"), new ClientCredentials.ByToken(token.secret()))) {
            try (Client client = Client.connect(options(credentials))) {
                client.set(PLACE, Values.encode(1L));
            }
        }
    }

    @Test
    void whatTheServerRefusesIsSaidWithoutTheSecret() {
        assertRefused(null, "wants a log-in (expected: a token, or a user with a password)");
        assertRefused(anna("wrong"), "refuses the log-in as user anna: User or password is wrong");
        assertRefused(
                new ClientCredentials.ByToken("dkv_0011_hidden"),
                "refuses the log-in as token dkv_0011_…: token: unknown or revoked");
    }

    private void assertRefused(@Nullable ClientCredentials credentials, String words) {
        assertThatThrownBy(() -> Client.connect(options(credentials)))
                .isInstanceOf(LogInException.class)
                .hasMessageStartingWith("127.0.0.1:" + server.port() + " " + words)
                .hasMessageNotContaining("hidden")
                .hasMessageNotContaining("wrong)")
                .extracting(e -> ((LogInException) e).etype())
                .isEqualTo(Etype.ACCESS);
    }

    @Test
    void tooManyFailuresOfOthersAreNotFinal() {
        for (int i = 0; i < 5; i++) {
            assertRefused(anna("wrong"), "refuses");
        }
        assertThatThrownBy(() -> Client.connect(options(anna("secret"))))
                .isInstanceOf(ServerConnectionException.class)
                .hasMessageContaining("too many failures");
    }

    @Test
    void whoIsLoggedInByTheSocketCanStillBeSomebodyElse() throws Exception {
        ClientOptions options = ClientOptions.of("unix:" + server.socketPath(), 1);
        try (Client client = Client.connect(options.withCredentials(new ClientCredentials.ByToken(token.secret())))) {
            assertThatThrownBy(client::internalTree).hasMessageContaining("token ci may not admin");
        }
    }

    @Test
    void aClientLogsInAgainAfterEachLossOfItsConnection() throws Exception {
        try (Cable cable = new Cable(server.port());
                Client client = Client.connect(ClientOptions.of("127.0.0.1", cable.port())
                        .withRetry(Duration.ofMillis(2), Duration.ofMillis(20))
                        .withCredentials(new ClientCredentials.ByToken(token.secret())))) {
            for (int i = 1; i <= 3; i++) {
                cable.cut();
                cable.mend();
                long lost = i;
                org.awaitility.Awaitility.await().until(() -> client.losses() == lost);
                client.awaitConnected();
                client.set(PLACE, Values.encode((long) i));
            }
        }
    }

    @Test
    void aLogInThatIsRefusedLaterEndsTheClient() throws Exception {
        CompletableFuture<LogInException> told = new CompletableFuture<>();
        try (Cable cable = new Cable(server.port());
                Client client = Client.connect(ClientOptions.of("127.0.0.1", cable.port())
                        .withRetry(Duration.ofMillis(2), Duration.ofMillis(20))
                        .withCredentials(new ClientCredentials.ByToken(token.secret())))) {
            Session session = client.session(Duration.ofSeconds(5));
            client.listen(new Client.ConnectionListener() {
                @Override
                public void refused(LogInException why) {
                    told.complete(why);
                }
            });
            put(AccessTable.token(token.token().id()), null);
            cable.cut();
            cable.mend();
            assertThat(told.get()).hasMessageContaining("token: unknown or revoked");
            assertThatThrownBy(() -> client.get(PLACE)).isInstanceOf(LogInException.class);
            assertThatThrownBy(client::awaitConnected).isInstanceOf(LogInException.class);
            session.close();
        }
    }

    @Test
    void aClientThatMayBeginWithoutAServerEndsToo() throws Exception {
        try (Client client = Client.begin(options(anna("wrong")), Duration.ofSeconds(30))) {
            assertThatThrownBy(client::awaitConnected)
                    .isInstanceOf(LogInException.class)
                    .hasMessageContaining("User or password is wrong");
        }
    }

    @Test
    void theConfigurationIsRead() {
        ClientCredentials.Password joe = new ClientCredentials.Password("joe", "x=y");
        assertThat(ClientCredentials.of(Map.of())).isNull();
        assertThat(ClientCredentials.of(Map.of("auth", false, "host", "a"))).isNull();
        assertThat(ClientCredentials.of(Map.of("auth", "_anon"))).isNull();
        assertThat(ClientCredentials.of(Map.of("auth", "password name=joe  password=x=y")))
                .isEqualTo(joe);
        assertThat(ClientCredentials.of(Map.of("auth", Map.of("type", "password", "name", "joe", "password", "x=y"))))
                .isEqualTo(joe);
        assertThat(ClientCredentials.of(joe.toConfiguration())).isEqualTo(joe);
        assertThat(ClientCredentials.of(Map.of("token", "t"))).isEqualTo(new ClientCredentials.ByToken("t"));
        for (Map<String, ?> bad : List.of(
                Map.of("auth", "password name=joe"),
                Map.of("auth", "root name=joe password=hidden"),
                Map.of("auth", 5),
                Map.of("token", 5),
                Map.of("user", "joe"),
                Map.of("user", "joe", "password", "hidden", "token", "hidden"))) {
            assertThatThrownBy(() -> ClientCredentials.of(bad))
                    .as(bad.toString())
                    .hasMessageContaining("(expected: ")
                    .hasMessageNotContaining("hidden");
        }
    }

    @Test
    void theFileIsForItsOwnerAlone() throws IOException {
        java.nio.file.Path path = directory.resolve("home/.config/distkv/credentials");
        CredentialsFile file =
                CredentialsFile.of(Map.of("HOME", directory.resolve("home").toString()));
        assertThat(file.find("tls://attic:27586")).isNull();
        file.put("tls://attic:27586", new ClientCredentials.ByToken("dkv_1_a"));
        file.put("[::1]:27586", anna("a = b"));
        file.put("tls://attic:27586", new ClientCredentials.ByToken("dkv_2_b"));
        assertThat(file.find("tls://attic:27586")).isEqualTo(new ClientCredentials.ByToken("dkv_2_b"));
        assertThat(file.find("[::1]:27586")).isEqualTo(anna("a = b"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        file.remove("tls://attic:27586");
        assertThat(file.find("tls://attic:27586")).isNull();
        assertThat(file.find("[::1]:27586")).isNotNull();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        for (Runnable use : List.<Runnable>of(() -> file.find("x"), () -> file.remove("x"))) {
            assertThatThrownBy(use::run)
                    .hasMessage(
                            "credentials " + path + ": mode rw-r----- (expected: rw-------, as 'chmod 600' makes it)");
        }
    }
}
