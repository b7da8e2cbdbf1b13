package distkv.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Revision;
import distkv.model.Write;
import distkv.store.engine.LeaseClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every store must do: leases. */
public abstract class LeaseContract extends FeedContract {
    private static final Duration TTL = Duration.ofSeconds(3);
    private static final Duration ALMOST = TTL.minusNanos(1);

    private final ManualClock clock = new ManualClock();

    @Test
    void aLeaseThatIsNotRenewedTakesItsEntriesWithItInOneCommit() throws Exception {
        Store store = open(clock);
        long lease = store.grant(TTL);
        assertThat(lease).isPositive();
        committed(store, set("b", 1).under(lease), set("a", 2).under(lease), set("c", 3));
        assertThat(store.load().entries().getFirst())
                .isEqualTo(new Entry(path("a"), value(2), Revision.tick(1, 1), lease));
        ChangeFeed feed = closing(store.follow(1));
        clock.advance(ALMOST);
        assertThat(store.load().entries()).hasSize(3);
        clock.advance(Duration.ofNanos(1));
        assertThat(next(feed))
                .isEqualTo(new ChangeBatch(
                        2,
                        List.of(
                                new Entry(path("a"), null, Revision.tick(2, 0), 0),
                                new Entry(path("b"), null, Revision.tick(2, 1), 0))));
        assertThat(words(store.load().entries())).containsExactly("c=3");
        assertThat(store.renew(lease)).isFalse();
    }

    @Test
    void aRenewedLeaseLivesOneMoreTtl() throws Exception {
        Store store = open(clock);
        long lease = store.grant(TTL);
        committed(store, set("a", 1).under(lease));
        for (int i = 0; i < 5; i++) {
            clock.advance(ALMOST);
            assertThat(store.renew(lease)).isTrue();
        }
        assertThat(store.load().entries()).hasSize(1);
        ChangeFeed feed = closing(store.follow(1));
        clock.advance(TTL);
        assertThat(words(next(feed).changes())).containsExactly("a=");
    }

    @Test
    void leasesEndEachOnItsOwn() throws Exception {
        Store store = open(clock);
        long brief = store.grant(Duration.ofMillis(100));
        long lasting = store.grant(Duration.ofDays(1));
        committed(store, set("brief", 1).under(brief));
        committed(store, set("lasting", 1).under(lasting));
        ChangeFeed feed = closing(store.follow(2));
        clock.advance(Duration.ofMillis(100));
        assertThat(words(next(feed).changes())).containsExactly("brief=");
        assertThat(store.renew(lasting)).isTrue();
        assertThat(words(store.load().entries())).containsExactly("lasting=1");
    }

    @Test
    void aRevokedLeaseIsGoneAtOnce() {
        Store store = open(clock);
        long lease = store.grant(TTL);
        committed(store, set("a", 1).under(lease), set("b", 2).under(lease));
        store.revoke(lease);
        assertThat(store.load()).isEqualTo(new TreeContents(2, List.of()));
        assertThat(store.renew(lease)).isFalse();
        store.revoke(lease);
        assertThat(store.load().revision()).isEqualTo(2);
    }

    @Test
    void aLeaseWithoutEntriesEndsWithoutACommit() {
        Store store = open(clock);
        store.revoke(store.grant(TTL));
        assertThat(store.load().revision()).isZero();
    }

    @Test
    void anEntryRewrittenWithoutTheLeaseLeavesIt() {
        Store store = open(clock);
        long first = store.grant(TTL);
        long second = store.grant(TTL);
        committed(store, set("free", 1).under(first), set("moved", 1).under(first), set("back", 1));
        committed(
                store,
                set("free", 2),
                set("moved", 2).under(second),
                set("back", 2).under(first));
        store.revoke(first);
        assertThat(words(store.load().entries())).containsExactly("free=2", "moved=2");
        store.revoke(second);
        assertThat(words(store.load().entries())).containsExactly("free=2");
    }

    @Test
    void anEntryDeletedAndMadeAgainIsNoLongerTheLeases() {
        Store store = open(clock);
        long lease = store.grant(TTL);
        committed(store, set("a", 1).under(lease));
        committed(store, delete("a"));
        committed(store, set("a", 2));
        store.revoke(lease);
        assertThat(words(store.load().entries())).containsExactly("a=2");
    }

    @Test
    void moreEntriesThanACommitHoldsGoInSeveral() throws Exception {
        Store store = open(clock);
        long lease = store.grant(TTL);
        int count = 2 * Revision.MAX_WRITES + 10;
        for (int from = 0; from < count; from += Revision.MAX_WRITES) {
            List<Write> writes = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + Revision.MAX_WRITES); i++) {
                writes.add(set("many." + i, 1).under(lease));
            }
            outcome(store, new Commit(writes, List.of()));
        }
        ChangeFeed feed = closing(store.follow(3));
        store.revoke(lease);
        assertThat(next(feed).changes()).hasSize(Revision.MAX_WRITES);
        assertThat(next(feed).changes()).hasSize(Revision.MAX_WRITES);
        assertThat(next(feed).changes()).hasSize(10);
        assertThat(store.load()).isEqualTo(new TreeContents(6, List.of()));
    }

    @Test
    void aWriteUnderALeaseThatIsGoneIsRefused() {
        Store store = open(clock);
        long lease = store.grant(TTL);
        store.revoke(lease);
        assertThat(commit(store, set("x", 1), set("a", 1).under(lease)))
                .isEqualTo(new CommitOutcome.Refused(
                        "lease " + lease + " of " + path("a") + " has ended (expected: a live lease)", 0));
        assertThat(commit(store, set("a", 1).under(77))).isInstanceOf(CommitOutcome.Refused.class);
        assertThat(store.load()).isEqualTo(new TreeContents(0, List.of()));
        assertThat(store.renew(77)).isFalse();
    }

    @Test
    void whatHasEndedLeavesNoTimerBehind() {
        Store store = open(clock);
        committed(store, set("other", 1).under(store.grant(TTL)));
        for (int i = 0; i < 100; i++) {
            long lease = store.grant(Duration.ofDays(1));
            committed(store, set("a", i).under(lease));
            store.revoke(lease);
        }
        assertThat(clock.waiting()).isEqualTo(1);
    }

    @Test
    void noLeaseIdComesTwice() {
        Store store = open(clock);
        long first = store.grant(TTL);
        store.revoke(first);
        long second = store.grant(TTL);
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void aTtlOutOfBoundsIsRefused() {
        Store store = open(clock);
        assertThatThrownBy(() -> store.grant(Duration.ofMillis(99)))
                .hasMessage("ttl: PT0.099S (expected: 100 ms to 1 day)");
        assertThatThrownBy(() -> store.grant(Duration.ofDays(1).plusNanos(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onTheRealClockALeaseEndsByItself() throws Exception {
        Store store = open(LeaseClock.system());
        long lease = store.grant(Duration.ofMillis(100));
        committed(store, set("a", 1).under(lease));
        ChangeFeed feed = closing(store.follow(1));
        assertThat(words(next(feed).changes())).containsExactly("a=");
    }
}
