package distkv.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Revision;
import distkv.model.Write;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who made which change, and why. */
public abstract class OriginContract extends RandomContract {
    private static long from(Store store, @Nullable Origin origin, Write... writes) {
        CommitOutcome outcome = outcome(store, new Commit(List.of(writes), List.of()).from(origin));
        return ((CommitOutcome.Committed) outcome).revision();
    }

    private static List<@Nullable String> authors(List<Entry> entries) {
        return entries.stream().map(entry -> words(entry) + " by " + entry.by()).toList();
    }

    @Test
    void aChangeIsKnownByWhoMadeItAndWhy() throws Exception {
        Store store = open();
        from(store, new Origin("anna"), set("a", 1), set("b", 2));
        from(store, new Origin("run any.home.heat@attic#4711/256", 256), set("b", 3), delete("a"));
        from(store, null, set("c", 4));
        assertThat(authors(store.load().entries())).containsExactly("b=3 by run any.home.heat@attic", "c=4 by null");
        assertThat(authors(store.load(1).entries())).containsExactly("a=1 by anna", "b=2 by anna");
        ChangeFeed feed = closing(store.follow(0));
        assertThat(authors(next(feed).changes())).containsExactly("a=1 by anna", "b=2 by anna");
        assertThat(authors(next(feed).changes()))
                .containsExactly("b=3 by run any.home.heat@attic", "a= by run any.home.heat@attic");
        assertThat(store.origin(Revision.tick(1, 1))).isEqualTo(new Origin("anna", 0));
        assertThat(store.origin(Revision.tick(2, 0))).isEqualTo(new Origin("run any.home.heat@attic#4711/256", 256));
        assertThat(store.origin(Revision.tick(3, 0))).isNull();
        assertThat(store.origin(Revision.tick(1, 2))).isNull();
        assertThat(store.origin(Revision.tick(4, 0))).isNull();
    }

    @Test
    void whatWasReplacedSaysWhoHadWrittenIt() {
        Store store = open();
        from(store, new Origin("anna"), set("a", 1));
        CommitOutcome.Committed second = (CommitOutcome.Committed) outcome(
                store, new Commit(List.of(set("a", 2)), List.of()).from(new Origin("joe")));
        assertThat(requireNonNull(second.previous().getFirst()).by()).isEqualTo("anna");
    }

    @Test
    void aLeaseThatEndsIsNobodys() {
        Store store = open();
        long lease = store.grant(Duration.ofSeconds(1));
        from(store, new Origin("node attic"), set("a", 1).under(lease));
        assertThat(authors(store.load().entries())).containsExactly("a=1 by node attic");
        store.revoke(lease);
        assertThat(store.origin(Revision.tick(2, 0))).isNull();
    }

    @Test
    void aPresentEntryIsKnownWhenTheHistoryIsGone() throws Exception {
        Store store = openForgetful();
        from(store, new Origin("anna", 3), set("old", 1));
        Origin often = new Origin("node attic");
        for (int i = 0; i < 3_000; i++) {
            var _ = store.commit(new Commit(List.of(set("a", i % 100)), List.of()).from(often));
        }
        from(store, often, set("a", 100));
        assertThat(store.origin(Revision.tick(1, 0))).isEqualTo(new Origin("anna", 3));
        assertThat(authors(store.load().entries())).containsExactly("a=100 by node attic", "old=1 by anna");
    }

    @Test
    void entriesOfOneAuthorShareOneText() {
        Store store = open();
        from(store, new Origin("run any.home.heat@attic#1/256"), set("a", 1));
        from(store, new Origin(String.join("", "run any.home", ".heat@attic#2/256")), set("b", 2));
        List<Entry> entries = store.load().entries();
        assertThat(entries.getFirst().by()).isSameAs(entries.getLast().by());
    }
}
