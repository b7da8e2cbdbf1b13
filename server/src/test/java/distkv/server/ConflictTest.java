package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Why a write was refused can be read as soon as the refusal is there. */
@Timeout(60)
class ConflictTest {
    /** Open, or shut until it is counted down. */
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private final HeldBackStore store = new HeldBackStore(() -> this::pass);
    private ServerFixture fixture;
    private WireClient first;
    private WireClient second;
    private final List<WireClient> others = new ArrayList<>();

    private void pass() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void open() throws IOException {
        fixture = new ServerFixture(ServerFixture.OPTIONS, store);
        first = fixture.wire();
        second = fixture.wire();
        for (int i = 0; i < 4; i++) {
            others.add(fixture.wire());
        }
    }

    @AfterEach
    void close() throws IOException {
        gate.countDown();
        fixture.close();
    }

    /** From now on the replica sees nothing new. */
    private void shut() {
        gate = new CountDownLatch(1);
        store.judged.drainPermits();
    }

    /** Goes to and fro over each loop, so that what the server could have said by now is said. */
    private void settle() throws IOException {
        for (int round = 0; round < 5; round++) {
            for (WireClient other : others) {
                other.call("get_state", "nodes", true);
            }
        }
    }

    /** The refusal of a write that was asked for, once it is there; what it is about cannot be read from then on. */
    private Map<String, Object> readAfter(long write, Object... element) throws IOException {
        settle();
        if (first.socket.getInputStream().available() == 0) {
            // It waits for the replica, which it may.
            gate.countDown();
        }
        Map<String, Object> refusal = first.read();
        assertThat(refusal).containsEntry("seq", write).containsKey("error");
        assertThat(first.call("get_value", "path", path(element))).doesNotContainKey("value");
        return refusal;
    }

    @Test
    void whatAWriteWasRefusedForIsNotReadAfterwards() throws Exception {
        Object tick = first.call("set_value", "path", path("a"), "value", 1).get("tock");
        shut();
        second.ask("delete_value", "path", path("a"));
        store.judged.acquire();
        long write = first.ask("set_value", "path", path("a"), "value", 2, "chain", ServerFixture.chain(tick));
        store.judged.acquire();
        assertThat(readAfter(write, "a")).containsEntry("etype", "chain").containsEntry("tick", null);
    }

    @Test
    void norIsTheValueThatWasCompared() throws Exception {
        first.call("set_value", "path", path("a"), "value", 1);
        shut();
        second.ask("delete_value", "path", path("a"));
        store.judged.acquire();
        long write = first.ask("set_value", "path", path("a"), "value", 2, "prev", 1);
        store.judged.acquire();
        assertThat(readAfter(write, "a")).containsEntry("etype", "value");
    }

    @Test
    void norIsTheClaimOfAGuard() throws Exception {
        Object tick = first.call("set_value", "path", path("claim"), "value", 1).get("tock");
        shut();
        second.ask("delete_value", "path", path("claim"));
        store.judged.acquire();
        List<Object> guard = List.of(List.of(path("claim"), tick));
        long write = first.ask("set_value", "path", path("a"), "value", 2, "guard", guard);
        store.judged.acquire();
        assertThat(readAfter(write, "claim")).containsEntry("etype", "guard").containsEntry("tick", null);
    }

    @Test
    void norIsTheEntryThatACommitExpected() throws Exception {
        Object tick = first.call("set_value", "path", path("a"), "value", 1).get("tock");
        shut();
        second.ask("delete_value", "path", path("a"));
        store.judged.acquire();
        Map<String, Object> change = WireClient.map("path", path("a"), "value", 2, "chain", ServerFixture.chain(tick));
        long write = first.ask("commit", "writes", List.of(change));
        store.judged.acquire();
        assertThat(readAfter(write, "a")).containsEntry("etype", "chain").containsEntry("tick", null);
    }

    @Test
    void norWhatASessionTookWithIt() throws Exception {
        long session = WireClient.number(first.call("session", "ttl", 60), "session");
        first.call("set_value", "path", path("s"), "value", 1, "session", true);
        shut();
        store.revoke(session);
        long write = first.ask("set_value", "path", path("t"), "value", 2, "session", true);
        store.judged.acquire();
        assertThat(readAfter(write, "s")).containsEntry("etype", "session");
    }
}
