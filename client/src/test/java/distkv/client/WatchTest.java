package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches, also over connections that break. */
@Timeout(30)
class WatchTest extends ServerTest {
    @Test
    void aWatchDeliversWhatIsThereThenItsChanges() throws InterruptedException {
        long first = direct.set(path("t.a"), value(1));
        try (Watch watch = client.watch(path("t"), WatchOptions.FETCH)) {
            assertThat(watch.next()).isEqualTo(changed("t.a", 1, first));
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);
            long second = direct.set(path("t"), value(2));
            long third = direct.delete(path("t.a"));

            assertThat(watch.next()).isEqualTo(changed("t", 2, second));
            assertThat(watch.next()).isEqualTo(new WatchEvent.Changed(new Entry(path("t.a"), null, third, 0)));
        }
    }

    @Test
    void aWatchOfSomeSubtreesDeliversThemInTheOrderOfWriting() throws InterruptedException {
        long first = direct.set(path("t.a.x"), value(1));
        direct.set(path("t.b"), value(0));
        try (Watch watch = client.watch(path("t"), WatchOptions.FETCH.only(List.of(path("c"), path("a"))))) {
            assertThat(watch.next()).isEqualTo(changed("t.a.x", 1, first));
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);
            long second = direct.set(path("t.c"), value(2));
            direct.set(path("t.b"), value(0));
            long third = direct.set(path("t.a"), value(3));

            assertThat(watch.next()).isEqualTo(changed("t.c", 2, second));
            assertThat(watch.next()).isEqualTo(changed("t.a", 3, third));
        }
    }

    @Test
    void aWatchWithoutFetchDeliversOnlyChanges() throws InterruptedException {
        direct.set(path("t.a"), value(1));
        try (Watch watch = client.watch(path("t"), WatchOptions.CHANGES.at(new Depths(1, 1)))) {
            direct.set(path("t"), value(0));
            direct.set(path("t.a.b"), value(0));
            long tick = direct.set(path("t.b"), value(2));

            assertThat(watch.next()).isEqualTo(changed("t.b", 2, tick));
        }
    }

    @Test
    void aWatchSinceATickDeliversWhatChangedAfterIt() throws InterruptedException {
        long first = direct.set(path("t.a"), value(1));
        long second = direct.set(path("t.b"), value(2));
        try (Watch watch = client.watch(path("t"), WatchOptions.since(first))) {
            assertThat(watch.next()).isEqualTo(changed("t.b", 2, second));
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);
        }
    }

    @Test
    void aSlowReaderHoldsUpNobodyAndStillGetsTheNewestOfEachPath() throws InterruptedException {
        try (Client narrow = Client.connect(options().withWindow(4));
                Watch watch = narrow.watch(path("t"), WatchOptions.CHANGES)) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 500; i++) {
                    direct.set(Path.of("t", i), value(round));
                }
            }
            assertThat(narrow.set(path("other"), value(1))).isPositive();
            long last = direct.set(path("t.end"), value("end"));

            Map<Path, Entry> seen = new TreeMap<>();
            long before = 0;
            for (Entry entry = entry(watch); entry.tick() != last; entry = entry(watch)) {
                assertThat(entry.tick()).isGreaterThan(before);
                before = entry.tick();
                seen.put(entry.path(), entry);
            }
            assertThat(seen).hasSize(500);
            assertThat(seen.values()).allMatch(entry -> value(2).equals(entry.value()));
        }
    }

    @Test
    void aWatchGoesOnWhereItWasWhenTheConnectionBroke() throws InterruptedException {
        long a = direct.set(path("t.a"), value(1));
        direct.set(path("t.b"), value(1));
        try (Watch watch = client.watch(path("t"), WatchOptions.FETCH)) {
            assertThat(watch.next()).isEqualTo(changed("t.a", 1, a));
            assertThat(watch.next()).isInstanceOf(WatchEvent.Changed.class);
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);

            cable.cut();
            long b = direct.delete(path("t.b"));
            long c = direct.set(path("t.c"), value(3));
            assertThat(watch.next()).isInstanceOf(WatchEvent.CutOff.class);
            cable.mend();

            assertThat(watch.next()).isEqualTo(new WatchEvent.Changed(new Entry(path("t.b"), null, b, 0)));
            assertThat(watch.next()).isEqualTo(changed("t.c", 3, c));
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);
        }
    }

    @Test
    void whereTheHistoryIsGoneTheDifferenceIsDelivered() throws InterruptedException {
        direct.set(path("t.stays"), value(1));
        direct.set(path("t.goes"), value(1));
        direct.set(path("t.changes"), value(1));
        try (Watch watch = client.watch(path("t"), WatchOptions.FETCH)) {
            for (int i = 0; i < 4; i++) {
                assertThat(watch.next()).isNotNull();
            }
            cable.cut();
            direct.delete(path("t.goes"));
            long changes = direct.set(path("t.changes"), value(2));
            long comes = direct.set(path("t.comes"), value(3));
            outliveTheHistory();
            assertThat(watch.next()).isInstanceOf(WatchEvent.CutOff.class);
            cable.mend();

            List<WatchEvent> events = new ArrayList<>(List.of(event(watch), event(watch), event(watch)));
            assertThat(events).contains(changed("t.changes", 2, changes), changed("t.comes", 3, comes));
            assertThat(events)
                    .anyMatch(event -> event instanceof WatchEvent.Changed(Entry gone)
                            && gone.path().equals(path("t.goes"))
                            && gone.isDeletion());
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);
            long after = direct.set(path("t.after"), value(4));
            assertThat(watch.next()).isEqualTo(changed("t.after", 4, after));
        }
    }

    @Test
    void aWatchWithoutFetchDoesNotDeliverOldEntriesWhenTheHistoryIsGone() throws InterruptedException {
        direct.set(path("t.old"), value(1));
        try (Watch watch = client.watch(path("t"), WatchOptions.CHANGES)) {
            long known = direct.set(path("t.known"), value(1));
            assertThat(watch.next()).isEqualTo(changed("t.known", 1, known));
            cable.cut();
            direct.delete(path("t.known"));
            long comes = direct.set(path("t.comes"), value(2));
            outliveTheHistory();
            assertThat(watch.next()).isInstanceOf(WatchEvent.CutOff.class);
            cable.mend();

            assertThat(watch.next()).isEqualTo(changed("t.comes", 2, comes));
            assertThat(entry(watch).path()).isEqualTo(path("t.known"));
            assertThat(watch.next()).isInstanceOf(WatchEvent.UpToDate.class);
        }
    }

    @Test
    void aConnectionThatBreaksDuringTheFirstFetchLosesNoDeletion() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            direct.set(Path.of("t", i), value(i));
        }
        try (Client narrow = Client.connect(options().withWindow(4));
                Watch watch = narrow.watch(path("t"), WatchOptions.FETCH)) {
            Map<Path, Entry> seen = new TreeMap<>();
            for (int i = 0; i < 10; i++) {
                Entry entry = entry(watch);
                seen.put(entry.path(), entry);
            }
            cable.cut();
            direct.delete(Path.of("t", 3));
            direct.set(Path.of("t", 4), value("new"));
            direct.delete(Path.of("t", 50));
            cable.mend();

            for (WatchEvent event = event(watch); !(event instanceof WatchEvent.UpToDate); event = event(watch)) {
                if (event instanceof WatchEvent.Changed(Entry entry)) {
                    Entry before = entry.isDeletion() ? seen.remove(entry.path()) : seen.put(entry.path(), entry);
                    assertThat(before == null || before.tick() != entry.tick()).isTrue();
                }
            }
            assertThat(List.copyOf(seen.values())).isEqualTo(direct.tree(path("t")));
        }
    }

    @Test
    void aWatchThatIsClosedWakesItsReader() throws InterruptedException {
        Watch watch = client.watch(path("t"), WatchOptions.CHANGES);
        Thread.ofVirtual().start(watch::close);

        assertThat(watch.next()).isNull();
        assertThat(watch.next()).isNull();
        assertThat(client.set(path("t"), value(1))).isPositive();
    }

    @Test
    void aClientThatIsClosedEndsItsWatches() throws InterruptedException {
        Watch watch = client.watch(path("t"), WatchOptions.CHANGES);
        Thread.ofVirtual().start(client::close);

        assertThat(watch.next()).isNull();
        assertThatThrownBy(() -> client.get(path("t"))).hasMessage("the client is closed");
    }

    private void outliveTheHistory() throws InterruptedException {
        for (int i = 0; i < 3 * HISTORY; i++) {
            direct.set(path("elsewhere"), value(i));
        }
    }

    private static WatchEvent event(Watch watch) throws InterruptedException {
        WatchEvent event = watch.next();
        assertThat(event).isNotNull();
        return java.util.Objects.requireNonNull(event);
    }

    private static Entry entry(Watch watch) throws InterruptedException {
        WatchEvent event = event(watch);
        assertThat(event).isInstanceOf(WatchEvent.Changed.class);
        return ((WatchEvent.Changed) event).entry();
    }

    private static WatchEvent changed(String path, Object value, long tick) {
        return new WatchEvent.Changed(new Entry(path(path), value(value), tick, 0));
    }
}
