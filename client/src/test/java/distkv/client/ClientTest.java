package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Commit;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of the client, against a real server. */
@Timeout(30)
class ClientTest extends ServerTest {
    @Test
    void whatWasSetCanBeGot() throws InterruptedException {
        long tick = client.set(path("a.b:1"), value(List.of("x", 1)));

        assertThat(client.get(path("a.b:1"))).isEqualTo(new Entry(path("a.b:1"), value(List.of("x", 1)), tick, 0));
        assertThat(client.get(path("a.b"))).isNull();
        assertThat(client.get(path("nothing"))).isNull();
        assertThat(client.treeName()).isEqualTo("tree");
    }

    @Test
    void nilIsAValue() throws InterruptedException {
        client.set(path("a"), value(null));

        assertThat(client.get(path("a"))).isNotNull();
    }

    @Test
    void whatWasDeletedIsGone() throws InterruptedException {
        client.set(path("a"), value(1));
        client.delete(path("a"));

        assertThat(client.get(path("a"))).isNull();
    }

    @Test
    void aWriteThatExpectsOtherwiseConflicts() throws InterruptedException {
        long first = client.set(path("a"), value(1), Expectation.absent());
        long second = client.set(path("a"), value(2), Expectation.at(first));

        assertThatThrownBy(() -> client.set(path("a"), value(3), Expectation.at(first)))
                .isInstanceOfSatisfying(ConflictException.class, conflict -> {
                    assertThat(conflict.etype()).isEqualTo(Etype.CHAIN);
                    assertThat(conflict.isGuard()).isFalse();
                    assertThat(conflict.tick()).isEqualTo(second);
                });
        assertThatThrownBy(() -> client.set(path("a"), value(3), Expectation.absent()))
                .isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> client.delete(path("a"), Expectation.at(first)))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void aGuardThatDoesNotHoldStopsTheWrite() throws InterruptedException {
        long lock = client.set(path("lock"), value(1));
        client.set(path("a"), value(1), Expectation.anything(), new Guard(path("lock"), lock));
        long moved = client.set(path("lock"), value(2));

        assertThatThrownBy(() -> client.set(path("a"), value(2), Expectation.anything(), new Guard(path("lock"), lock)))
                .isInstanceOfSatisfying(ConflictException.class, conflict -> {
                    assertThat(conflict.isGuard()).isTrue();
                    assertThat(conflict.path()).isEqualTo(path("lock"));
                    assertThat(conflict.tick()).isEqualTo(moved);
                });
    }

    @Test
    void aCommitIsAllOrNothing() throws InterruptedException {
        List<Long> ticks = client.commit(new Commit(
                List.of(
                        Write.set(path("a"), value(1), Expectation.absent()),
                        Write.set(path("b"), value(2), Expectation.absent())),
                List.of()));

        assertThat(ticks).hasSize(2);
        assertThat(client.get(path("b"))).extracting(Entry::tick).isEqualTo(ticks.get(1));
        assertThatThrownBy(() -> client.commit(new Commit(
                        List.of(
                                Write.delete(path("a"), Expectation.anything()),
                                Write.set(path("b"), value(3), Expectation.absent())),
                        List.of())))
                .isInstanceOf(ConflictException.class);
        assertThat(client.get(path("a"))).isNotNull();
    }

    @Test
    void aTreeComesParentsFirst() throws InterruptedException {
        for (String path : List.of("t.b.c", "t", "t.a", "other", "t.b.c.d")) {
            client.set(path(path), value(path));
        }

        assertThat(client.tree(path("t")))
                .extracting(e -> e.path().toString())
                .containsExactly("t", "t.a", "t.b.c", "t.b.c.d");
        assertThat(client.tree(path("t"), new Depths(1, 2)))
                .extracting(e -> e.path().toString())
                .containsExactly("t.a", "t.b.c");
        assertThat(client.tree(path("nothing"))).isEmpty();
        assertThat(client.children(path("t")))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(Object.class))
                .containsExactly("a", "b");
        assertThat(client.children(path("nothing"))).isEmpty();
    }

    @Test
    void aTreeLargerThanTheWindowComesWhole() throws InterruptedException {
        for (int i = 0; i < 3000; i++) {
            direct.set(Path.of("t", i), value(i));
        }

        assertThat(client.tree(path("t"))).hasSize(3000);
        try (Client narrow = Client.connect(options().withWindow(4))) {
            assertThat(narrow.tree(path("t"))).hasSize(3000);
        }
    }

    @Test
    void deletingATreeCounts() throws InterruptedException {
        client.set(path("t"), value(1));
        client.set(path("t.a"), value(1));

        assertThat(client.deleteTree(path("t"))).isEqualTo(2);
        assertThat(client.tree(path("t"))).isEmpty();
        assertThatThrownBy(() -> client.deleteTree(Path.ROOT)).isInstanceOf(ClientException.class);
    }

    @Test
    void callsOfManyThreadsDoNotGetMixedUp() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                int thread = i;
                results.add(threads.submit(() -> {
                    boolean right = true;
                    for (int n = 0; n < 50; n++) {
                        Path path = Path.of("p", thread, n);
                        long tick = client.set(path, value(thread * 1000 + n));
                        Entry entry = client.get(path);
                        right &= entry != null && entry.tick() == tick;
                        right &= entry != null && value(thread * 1000 + n).equals(entry.value());
                    }
                    return right;
                }));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        }
    }

    @Test
    void anErrorSaysWhatItIs() {
        assertThatThrownBy(() -> client.call(false, seq -> new Request.Unknown(seq, "no_such_action")))
                .isInstanceOfSatisfying(
                        ClientException.class, e -> assertThat(e.etype()).isEqualTo(Etype.ACTION));
        assertThatThrownBy(() -> client.call(false, seq -> new Request.Unsupported(seq, "auth_get")))
                .isInstanceOf(ClientException.class);
    }

    @Test
    void tocksAreNeverTheSame() throws InterruptedException {
        assertThat(client.newTock()).isLessThan(client.newTock());
    }

    @Test
    void aClientThatCannotConnectSaysWhereTo() throws Exception {
        server.close();

        assertThatThrownBy(() -> Client.connect(ClientOptions.of("127.0.0.1", server.port())))
                .isInstanceOf(ServerConnectionException.class)
                .hasMessageContaining("cannot connect to 127.0.0.1:" + server.port());
    }

    @Test
    void anInterruptedCallLeavesTheConnectionAlone() throws Exception {
        cable.freeze();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                client.get(path("a"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        caller.interrupt();
        caller.join();
        cable.mend();

        assertThat(client.set(path("a"), value(1))).isPositive();
        assertThat(cable.connections()).isEqualTo(1);
    }
}
