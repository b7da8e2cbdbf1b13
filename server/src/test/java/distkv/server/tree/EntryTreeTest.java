package distkv.server.tree;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTreeTest {
    private static Entry entry(Path path, long tick) {
        return new Entry(path, new Value(new byte[] {1}), tick, 0);
    }

    static List<Entry> all(EntryTree tree) {
        List<Entry> all = new ArrayList<>();
        Cursor cursor = new Cursor(tree);
        cursor.seek(new byte[0]);
        for (Entry entry = cursor.entry(); entry != null; entry = cursor.entry()) {
            all.add(entry);
            cursor.next();
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void doesWhatATreeMapDoes(long seed) {
        Random random = new Random(seed);
        int paths = seed % 2 == 0 ? 200 : 5_000;
        TreeMap<Path, Entry> model = new TreeMap<>();
        EntryTree tree = EntryTree.EMPTY;
        long tick = 0;
        for (int round = 0; round < 90; round++) {
            EntryTree before = tree;
            List<Entry> beforeAll = List.copyOf(model.values());
            TreeEdit edit = tree.edit();
            boolean shrinking = round % 45 > 30;
            for (int i = random.nextInt(300); i > 0; i--) {
                Path path = Path.of("n", random.nextInt(paths));
                if (random.nextInt(10) < (shrinking ? 8 : 3)) {
                    assertThat(edit.remove(path.key())).isEqualTo(model.remove(path));
                } else {
                    Entry entry = entry(path, ++tick);
                    assertThat(edit.put(entry)).isEqualTo(model.put(path, entry));
                }
            }
            tree = edit.done();
            assertThat(tree.size()).isEqualTo(model.size());
            assertThat(all(tree)).containsExactlyElementsOf(model.values());
            if (round % 20 == 0) {
                assertThat(all(before)).as("the version before is as it was").isEqualTo(beforeAll);
            }
            Path probe = Path.of("n", random.nextInt(paths));
            assertThat(tree.get(probe.key())).isEqualTo(model.get(probe));
            Cursor cursor = new Cursor(tree);
            cursor.seek(probe.key());
            @Nullable Path expected = model.ceilingKey(probe);
            Entry found = cursor.entry();
            assertThat(found == null ? null : found.path()).isEqualTo(expected);
        }
    }

    /** Searches look at eight bytes of a key first: keys that end there, share them, or differ before them. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void keysThatBeginAlikeAreKeptApart(long seed) {
        Random random = new Random(seed);
        List<Object> elements = List.of("", "a", "b", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa\0", "\0", 0, 1, 256, -1, true);
        TreeMap<Path, Entry> model = new TreeMap<>();
        EntryTree tree = EntryTree.EMPTY;
        for (int i = 0; i < 20_000; i++) {
            Path path = Path.ROOT;
            for (int left = random.nextInt(6); left > 0; left--) {
                path = path.child(elements.get(random.nextInt(elements.size())));
            }
            TreeEdit edit = tree.edit();
            if (random.nextInt(3) == 0) {
                assertThat(edit.remove(path.key())).isEqualTo(model.remove(path));
            } else {
                Entry entry = entry(path, i);
                assertThat(edit.put(entry)).isEqualTo(model.put(path, entry));
            }
            tree = edit.done();
            assertThat(tree.get(path.key())).isEqualTo(model.get(path));
            Path near = path.child("a");
            assertThat(tree.get(near.key())).isEqualTo(model.get(near));
        }
        assertThat(all(tree)).containsExactlyElementsOf(model.values());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23, 24, 25, 32, 33, 576, 577, 20_000})
    void aTreeBuiltAtOnceHoldsAllAndCanBeChanged(int count) {
        TreeMap<Path, Entry> model = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            Path path = Path.of("x", i);
            model.put(path, entry(path, i));
        }
        EntryTree tree = EntryTree.of(List.copyOf(model.values()));
        assertThat(tree.size()).isEqualTo(count);
        assertThat(all(tree)).containsExactlyElementsOf(model.values());

        TreeEdit edit = tree.edit();
        for (int i = -5; i < count + 5; i += 3) {
            Path path = Path.of("x", i);
            if (i % 2 == 0) {
                edit.put(entry(path, 7));
                model.put(path, entry(path, 7));
            } else {
                edit.remove(path.key());
                model.remove(path);
            }
        }
        assertThat(all(edit.done())).containsExactlyElementsOf(model.values());
        assertThat(all(tree)).hasSize(count);
    }

    @Test
    void removingEverythingLeavesTheEmptyTree() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            entries.add(entry(Path.of(i), i));
        }
        TreeEdit edit = EntryTree.of(entries).edit();
        for (Entry entry : entries) {
            assertThat(edit.remove(entry.path().key())).isSameAs(entry);
        }
        assertThat(edit.done()).isSameAs(EntryTree.EMPTY);
        assertThat(all(EntryTree.EMPTY)).isEmpty();
    }
}
