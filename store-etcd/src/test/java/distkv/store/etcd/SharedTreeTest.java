package distkv.store.etcd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.StoreTesting;
import distkv.store.TreeContents;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several servers that share a tree, and one that comes back to it. */
class SharedTreeTest extends StoreTesting {
    @TempDir
    static Path directory;

    private static Etcd etcd;

    @BeforeAll
    static void start() {
        etcd = Etcd.start(directory);
    }

    @AfterAll
    static void stop() {
        etcd.close();
    }

    private EtcdStore open(EtcdOptions options) {
        return closing(EtcdStore.open(options));
    }

    @Test
    void whatOneServerCommitsAnotherHas() throws Exception {
        EtcdOptions options = etcd.options();
        Store one = open(options);
        Store other = open(options);
        ChangeFeed feed = closing(other.follow(0));
        committed(one, set("a", 1), set("b", 2));
        assertThat(words(next(feed).changes())).containsExactly("a=1", "b=2");
        // The other one decides on what both have.
        assertThat(commit(other, set("a", 3, Expectation.absent()))).isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(committed(other, set("a", 3))).isEqualTo(2);
        assertThat(committed(one, delete("b"))).isEqualTo(3);
        await().until(() -> other.load().revision() == 3);
        assertThat(other.load()).isEqualTo(one.load());
    }

    @Test
    void aConflictIsJudgedByWhatIsInEtcdNotByWhatThisServerHasHeard() {
        EtcdOptions options = etcd.options();
        Store one = open(options);
        Store other = open(options);
        for (int i = 0; i < 50; i++) {
            committed(one, set("claim", i, Expectation.absent()));
            assertThat(commit(other, set("claim", i, Expectation.absent()))).isInstanceOf(CommitOutcome.Conflict.class);
            committed(one, delete("claim"));
            committed(other, set("claim", i, Expectation.absent()));
            committed(one, delete("claim"));
        }
    }

    @Test
    void ofManyServersThatCompareAndSetAtOnceNoUpdateIsLost() throws Exception {
        EtcdOptions options = etcd.options();
        List<Store> servers = List.of(open(options), open(options), open(options));
        committed(servers.getFirst(), set("counter", 0));
        long each = 60;
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> work = new ArrayList<>();
            for (Store server : servers) {
                work.add(pool.submit(() -> increment(server, each)));
                work.add(pool.submit(() -> increment(server, each)));
            }
            for (Future<?> one : work) {
                one.get();
            }
        }
        List<ChangeBatch> history = history(servers.getFirst(), 1 + 6 * each);
        for (Store server : servers) {
            assertThat(history(server, 1 + 6 * each)).isEqualTo(history);
        }
        Entry last = history.getLast().changes().getFirst();
        assertThat(number(last)).isEqualTo(6 * each);
    }

    private static long number(Entry entry) {
        byte[] bytes = requireNonNull(entry.value()).bytes();
        return (bytes[0] & 0xFFL) << 8 | (bytes[1 % bytes.length] & 0xFF);
    }

    private static void increment(Store server, long times) {
        CommitOutcome outcome = commit(server, set("counter", 0, Expectation.absent()));
        for (long done = 0; done < times; ) {
            Entry current = requireNonNull(((CommitOutcome.Conflict) outcome).current());
            long next = number(current) + 1;
            Value value = new Value(new byte[] {(byte) (next >> 8), (byte) next});
            Write write = Write.set(current.path(), value, Expectation.at(current.tick()));
            outcome = outcome(server, Commit.of(write));
            if (outcome instanceof CommitOutcome.Committed) {
                done++;
                outcome = commit(server, set("counter", 0, Expectation.absent()));
            }
        }
    }

    private static List<ChangeBatch> history(Store server, long newest) throws Exception {
        List<ChangeBatch> history = new ArrayList<>();
        try (ChangeFeed feed = server.follow(0)) {
            while (history.size() < newest) {
                history.add(next(feed));
            }
        }
        return history;
    }

    @Test
    void aTreeIsTheSameForWhoeverOpensItLater() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        EtcdOptions options = etcd.options().withRetain(40, 2_000);
        TreeContents before = new TreeContents(0, List.of());
        long lease = 0;
        for (int round = 0; round < 4; round++) {
            try (EtcdStore store = EtcdStore.open(options)) {
                assertThat(store.load()).as("seed %d", seed).isEqualTo(before);
                lease = lease == 0 ? store.grant(Duration.ofDays(1)) : lease;
                assertThat(store.renew(lease)).isTrue();
                for (int i = random.nextInt(150); i >= 0; i--) {
                    Write write = random.nextInt(4) == 0
                            ? delete("p." + random.nextInt(30))
                            : set("p." + random.nextInt(30), random.nextInt(100));
                    committed(store, random.nextInt(5) == 0 && write.value() != null ? write.under(lease) : write);
                }
                before = store.load();
            }
        }
        Store last = open(options);
        last.revoke(lease);
        long ended = lease;
        assertThat(last.load().entries())
                .as("seed %d", seed)
                .isEqualTo(before.entries().stream()
                        .filter(entry -> entry.lease() != ended)
                        .toList());
        // A lease of an earlier server does not come again.
        assertThat(last.grant(Duration.ofSeconds(1))).isGreaterThan(lease);
    }

    @Test
    void aServerThatClosesLeavesItsLeasesToAnother() throws Exception {
        EtcdOptions options = etcd.options();
        Store one = EtcdStore.open(options);
        Store other = open(options);
        long brief = one.grant(Duration.ofMillis(300));
        long lasting = one.grant(Duration.ofDays(1));
        committed(one, set("brief", 1).under(brief), set("lasting", 1).under(lasting));
        ChangeFeed feed = closing(other.follow(0));
        assertThat(next(feed).changes()).hasSize(2);
        one.close();
        assertThat(words(next(feed).changes())).containsExactly("brief=");
        assertThat(other.renew(lasting)).isTrue();
        assertThat(other.renew(brief)).isFalse();
        assertThat(words(other.load().entries())).containsExactly("lasting=1");
    }

    @Test
    void aServerThatIsKilledLeavesItsLeasesToAnother() throws Exception {
        EtcdOptions options = etcd.options();
        Store other = open(options);
        ChangeFeed feed = closing(other.follow(0));
        try (ServerProgram killed = ServerProgram.start(options.address())) {
            assertThat(words(next(feed).changes())).containsExactly("presence=1");
            killed.kill();
        }
        // One second until it is taken for dead, and another one of the lease.
        assertThat(words(next(feed).changes())).containsExactly("presence=");
    }

    @Test
    void aSessionGoesOnAtAnotherServer() throws Exception {
        EtcdOptions options = etcd.options();
        Store one = open(options);
        Store other = open(options);
        long lease = one.grant(Duration.ofMinutes(1));
        committed(one, set("a", 1).under(lease));
        await().until(() -> other.load().revision() == 1);
        assertThat(other.renew(lease)).isTrue();
        other.revoke(lease);
        assertThat(words(other.load().entries())).isEmpty();
        await().until(() -> one.load().revision() == 2);
        assertThat(one.renew(lease)).isFalse();
    }

    @Test
    void aPrefixWithOtherKeysIsLeftAlone() throws Exception {
        EtcdOptions options = etcd.options();
        try (EtcdClient client = etcd.client()) {
            client.put(ByteString.copyFromUtf8(options.address().prefix() + "x"), ByteString.EMPTY);
        }
        assertThatThrownBy(() -> EtcdStore.open(options))
                .isInstanceOf(StoreException.class)
                .hasMessage("the prefix " + options.address().prefix()
                        + " in etcd holds keys of something else (expected: a prefix of its own)");
    }

    @Test
    void aTreeOfANewerVersionIsLeftAlone() throws Exception {
        EtcdOptions options = etcd.options();
        Keys keys = new Keys(options.address().prefix());
        try (EtcdClient client = etcd.client()) {
            client.put(keys.tree(), ByteString.copyFromUtf8("distkv 2 x"));
        }
        assertThatThrownBy(() -> EtcdStore.open(options))
                .hasMessageContaining("was written by a newer version of DistKV (expected: format distkv 1)");
    }
}
