package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Write;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions: what is bound to them lives exactly as long as they do. */
@Timeout(30)
class SessionTest extends ServerTest {
    private static final Duration TTL = Duration.ofMillis(400);

    @Test
    void anEntryLivesAsLongAsItsSession() throws InterruptedException {
        try (Watch watch = direct.watch(path("p"), WatchOptions.CHANGES)) {
            Session session = client.session(Duration.ofSeconds(60));
            session.set(path("p.a"), value(1), Expectation.absent());
            assertThat(deleted(watch)).isFalse();
            client.commit(new Commit(
                    List.of(Write.set(path("p.b"), value(1), Expectation.absent())
                            .under(session.id())),
                    List.of()));
            assertThat(deleted(watch)).isFalse();
            session.close();

            assertThat(deleted(watch)).isTrue();
            assertThat(deleted(watch)).isTrue();
            assertThat(direct.tree(path("p"))).isEmpty();
        }
    }

    @Test
    void aSessionIsRenewedAndEndsWithoutItsClient() throws InterruptedException {
        try (Watch watch = direct.watch(path("p"), WatchOptions.CHANGES)) {
            Session session = client.session(TTL);
            long first = session.deadline();
            session.set(path("p"), value(1), Expectation.absent());
            assertThat(deleted(watch)).isFalse();
            // Whoever waits for the deadline to move waits longer than a session without renewals would live.
            await().until(() -> session.deadline() - first >= 2 * TTL.toNanos());
            assertThat(direct.get(path("p"))).isNotNull();
            assertThat(session.remaining()).isPositive().isLessThanOrEqualTo(TTL);

            client.close();
            assertThat(deleted(watch)).isTrue();
        }
    }

    @Test
    void aSessionOutlivesAConnection() throws InterruptedException {
        Session session = client.session(Duration.ofSeconds(20));
        BlockingQueue<String> events = listen(session);
        session.set(path("p"), value(1), Expectation.absent());
        cable.cut();
        cable.mend();

        assertThat(events.take()).isEqualTo("reattached");
        session.set(path("p"), value(2), Expectation.anything());
        assertThat(direct.get(path("p"))).extracting(Entry::value).isEqualTo(value(2));
        session.close();
        assertThat(direct.get(path("p"))).isNull();
    }

    @Test
    void aSessionThatIsCutOffTooLongIsLost() throws InterruptedException {
        Session session = client.session(TTL);
        BlockingQueue<String> events = listen(session);
        try (Watch watch = direct.watch(path("p"), WatchOptions.CHANGES)) {
            session.set(path("p"), value(1), Expectation.absent());
            assertThat(deleted(watch)).isFalse();
            cable.cut();
            assertThat(events.take()).isEqualTo("detached");
            assertThat(session.remaining()).isZero();
            assertThat(deleted(watch)).isTrue();
            cable.mend();

            assertThat(events.take()).isEqualTo("lost");
            assertThat(session.isLost()).isTrue();
            client.awaitConnected();
            assertThatThrownBy(() -> session.set(path("p"), value(2), Expectation.anything()))
                    .isInstanceOf(SessionLostException.class);
            assertThat(client.session(TTL).id()).isNotEqualTo(session.id());
        }
    }

    @Test
    void aSilentConnectionDoesNotMoveTheDeadline() throws InterruptedException {
        Session session = client.session(TTL);
        BlockingQueue<String> events = listen(session);
        cable.freeze();

        assertThat(events.take()).isEqualTo("detached");
        assertThat(session.deadline()).isLessThanOrEqualTo(System.nanoTime());
    }

    @Test
    void aClientHasOneSessionAtATime() throws InterruptedException {
        Session first = client.session(TTL);
        assertThatThrownBy(() -> client.session(TTL)).isInstanceOf(IllegalStateException.class);
        first.close();

        assertThat(client.session(TTL).id()).isNotEqualTo(first.id());
    }

    @Test
    void aWriteUnderAnotherLeaseIsRefused() {
        Write write = Write.set(path("p"), value(1), Expectation.anything()).under(4711);

        assertThatThrownBy(() -> client.commit(Commit.of(write)))
                .isInstanceOf(SessionLostException.class)
                .hasMessage("write of p under lease 4711 (expected: none, as there is no session)");
    }

    private static BlockingQueue<String> listen(Session session) {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        session.listen(new Session.Listener() {
            @Override
            public void detached() {
                events.add("detached");
            }

            @Override
            public void reattached() {
                events.add("reattached");
            }

            @Override
            public void lost() {
                events.add("lost");
            }
        });
        return events;
    }

    private static boolean deleted(Watch watch) throws InterruptedException {
        return watch.next() instanceof WatchEvent.Changed(Entry entry) && entry.isDeletion();
    }
}
