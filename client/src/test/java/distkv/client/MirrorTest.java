package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** Copies of subtrees that are kept current, whatever happens to the connection. */
@Timeout(60)
class MirrorTest extends ServerTest {
    @Test
    void aMirrorHasWhatIsThere() throws InterruptedException {
        direct.set(path("t.a"), value(1));
        direct.set(path("other"), value(1));
        try (Mirror mirror = client.mirror(path("t"))) {
            mirror.awaitInitial();
            assertThat(mirror.entries()).containsOnlyKeys(path("t.a"));
            assertThat(mirror.isCurrent()).isTrue();

            long tick = direct.set(path("t.a"), value(2));
            mirror.awaitTick(tick);
            assertThat(mirror.get(path("t.a"))).isEqualTo(new Entry(path("t.a"), value(2), tick, 0));
            mirror.awaitTick(direct.delete(path("t.a")));
            assertThat(mirror.entries()).isEmpty();
        }
    }

    @Test
    void aSubtreeOfAMirrorIsOneRange() throws InterruptedException {
        for (String path : List.of("t.a", "t.a.b", "t.a.b.c", "t.ab", "t.b")) {
            direct.set(path(path), value(1));
        }
        try (Mirror mirror = client.mirror(path("t"))) {
            mirror.awaitInitial();

            assertThat(mirror.below(path("t.a"))).containsOnlyKeys(path("t.a"), path("t.a.b"), path("t.a.b.c"));
            assertThat(mirror.below(path("t.b"))).containsOnlyKeys(path("t.b"));
            assertThat(mirror.below(Path.ROOT)).hasSize(5);
        }
    }

    @Test
    void aListenerIsToldWhatWasThereBefore() throws InterruptedException {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try (Mirror mirror = client.mirror(path("t"))) {
            mirror.awaitInitial();
            mirror.listen(new Mirror.Listener() {
                @Override
                public void changed(@Nullable Entry before, Entry now) {
                    events.add((before == null ? "nothing" : before.tick()) + " to "
                            + (now.isDeletion() ? "nothing" : now.tick()));
                }

                @Override
                public void upToDate() {
                    events.add("up to date");
                }

                @Override
                public void cutOff() {
                    events.add("cut off");
                }
            });
            long first = direct.set(path("t"), value(1));
            long second = direct.set(path("t"), value(2));
            direct.delete(path("t"));

            assertThat(events.take()).isEqualTo("nothing to " + first);
            assertThat(events.take()).isEqualTo(first + " to " + second);
            assertThat(events.take()).isEqualTo(second + " to nothing");
            cable.cut();
            assertThat(events.take()).isEqualTo("cut off");
            assertThat(mirror.isCurrent()).isFalse();
            cable.mend();
            assertThat(events.take()).isEqualTo("up to date");
            assertThat(mirror.isCurrent()).isTrue();
        }
    }

    @Test
    void aMirrorIsRightAfterAnyNumberOfCuts(TestReporter reporter) throws InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        reporter.publishEntry("seed", String.valueOf(seed));
        Random random = new Random(seed);
        try (Mirror mirror = client.mirror(path("t"))) {
            long last = 0;
            for (int i = 0; i < 3000; i++) {
                Path path = Path.of("t", random.nextInt(10), random.nextInt(10));
                last = random.nextInt(3) == 0 ? direct.delete(path) : direct.set(path, value(i));
                switch (random.nextInt(100)) {
                    case 0 -> cable.cut();
                    case 1, 2 -> cable.mend();
                    default -> {}
                }
            }
            cable.mend();
            mirror.awaitTick(last);

            assertThat(List.copyOf(mirror.entries().values()))
                    .as("seed %d", seed)
                    .isEqualTo(direct.tree(path("t")));
        }
    }

    @Test
    void aMirrorThatIsClosedWakesWhoWaits() {
        Mirror mirror = client.mirror(path("t"));
        Thread.ofVirtual().start(mirror::close);

        assertThatThrownBy(() -> mirror.awaitTick(Long.MAX_VALUE)).hasMessage("the mirror is closed");
    }
}
