package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.store.CommitOutcome;
import distkv.store.ForwardingStore;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FullStoreTest {
    /** A store that makes everybody wait who asks for a commit, until it is told to go on. */
    private static final class FullStore extends ForwardingStore {
        final CountDownLatch waiting = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        FullStore() {
            super(new MemoryStore("tree"));
        }

        @Override
        public boolean isFull() {
            return goOn.getCount() > 0;
        }

        @Override
        public CompletableFuture<CommitOutcome> commit(Commit commit) {
            waiting.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return store.commit(commit);
        }
    }

    @Test
    void whoWritesToAFullStoreWaitsAndHoldsNobodyElseUp() throws IOException, InterruptedException {
        FullStore store = new FullStore();
        try (ServerFixture fixture = new ServerFixture(ServerFixture.OPTIONS, store)) {
            // More than there are loops, so that some share one.
            WireClient writer = fixture.wire();
            for (int i = 0; i < 5; i++) {
                fixture.wire();
            }
            long set = writer.ask("set_value", "path", path("a"), "value", 1);
            store.waiting.await();
            long get = writer.ask("get_value", "path", path("a"));
            for (int i = 0; i < 10; i++) {
                assertThat(fixture.wire().call("get_value", "path", path("b"))).doesNotContainKey("value");
            }
            store.goOn.countDown();
            assertThat(writer.readWhere(message -> message.containsKey("changed")))
                    .containsEntry("seq", set);
            assertThat(writer.read()).containsEntry("seq", get).containsEntry("value", 1L);
            // Taken back from the virtual thread, the connection is served by the loop again.
            assertThat(writer.call("set_value", "path", path("a"), "value", 2)).containsEntry("changed", true);
            assertThat(writer.call("get_value", "path", path("a"))).containsEntry("value", 2L);
        }
    }
}
