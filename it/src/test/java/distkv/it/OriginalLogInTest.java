package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.PasswordHash;
import distkv.access.User;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Write;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Python clients of the original, as they come from PyPI, at a server that wants a log-in. */
class OriginalLogInTest {
    private static final String CHECK = "compare_and_set_by_chain";

    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        MemoryStore store = new MemoryStore("house");
        User joe =
                new User("joe", List.of(new Grant("editor")), PasswordHash.of(PasswordHash.digest("test123")), false);
        store.commit(Commit.of(Write.set(AccessTable.user("joe"), joe.encode(null), Expectation.anything())))
                .join();
        server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0), store);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String run(String client, String auth) throws Exception {
        ProcessBuilder program = OriginalClient.prepare(client)
                .program("compat", Integer.toString(server.port()), CHECK)
                .redirectErrorStream(true);
        program.environment().put("COMPAT_AUTH", auth);
        return OriginalClient.output(OriginalClient.start(program));
    }

    @ParameterizedTest
    @ValueSource(strings = {"distkv-0.65.0", "moat-kv-0.71.40"})
    void theRightPasswordLogsInAndAWrongOneIsAnError(String client) throws Exception {
        assertThat(run(client, "password name=joe password=test123")).contains("ok " + CHECK + "\nran 1");
        assertThat(run(client, "password name=joe password=wrong"))
                .contains("not ok " + CHECK)
                .contains("AuthFailedError('User or password is wrong', 'joe')");
    }
}
