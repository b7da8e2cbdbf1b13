package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.CompactedException;
import distkv.store.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power goes at any moment: of what was not synced, any part may be on the disk, down to single sectors. The writes
 * and syncs of a loaded store are recorded, and disks as they may have been are made of the record.
 */
class PowerLossTest {
    private static final Map<Integer, String> FILES = Map.of(Faults.DATA, "store.db", Faults.LOG, "store.db-wal");
    private static final int FRAME = 24 + 4096;
    private static final int WRITE = 1;
    private static final int SYNC = 2;

    @TempDir
    Path temporary;

    @Test
    void nothingAcknowledgedIsLostOnAHundredDisks() throws Exception {
        replay(1500, 100, new Random().nextLong());
    }

    @Test
    @Tag("long")
    @Timeout(1200)
    void nothingAcknowledgedIsLostOnTwoThousandDisks() throws Exception {
        replay(6000, 2000, new Random().nextLong());
    }

    /** Writes of the log fail now and then. What was not synced is written in order here, up to any point. */
    @Test
    void nothingRefusedIsOnAnyDisk() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("PowerLossTest seed " + seed);
        Random random = new Random(seed);
        Map<Integer, Disk> files = new HashMap<>();
        ByteBuffer record = record(files, (faults, child) -> {
            int bytes = FRAME;
            for (int i = 0; i < 60; i++) {
                // Somewhere in the last bytes of one of the last frames, as many as the last commit had.
                int room = Math.max(0, bytes + FRAME * (random.nextInt(3) - 1) - random.nextInt(300));
                faults.oneWriteFails(Faults.ENOSPC, Faults.LOG, room);
                String outcome = child.ask("pair " + temporary.resolve("acks") + " 8150");
                assertThat(outcome).matches("committed|refused disk full: .*");
                bytes = outcome.equals("committed") ? room - faults.room() : bytes + FRAME / 2;
            }
        });
        ByteBuffer acks = ByteBuffer.allocate(record.capacity());
        Disk log = Objects.requireNonNull(files.get(Faults.LOG));
        Disk data = Objects.requireNonNull(files.get(Faults.DATA));
        int refused = 0;
        for (int records = count(record.duplicate().order(ByteOrder.LITTLE_ENDIAN)); records > 0; records--) {
            int before = acks.position();
            apply(record, files, acks);
            if (acks.position() > before && acks.getLong(before) == Acks.REFUSED) {
                refused++;
                for (int i = 0; i <= log.pending(); i++) {
                    check(
                            Map.of(Faults.LOG, log.afterPowerLoss(i), Faults.DATA, data.afterPowerLoss(random)),
                            acks.duplicate().flip());
                }
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(10);
    }

    private void replay(int commits, int disks, long seed) throws Exception {
        System.out.println("PowerLossTest seed " + seed);
        Random random = new Random(seed);
        Map<Integer, Disk> files = new HashMap<>();
        ByteBuffer record = record(
                files,
                (faults, child) -> child.ask("load " + temporary.resolve("acks") + " 4 " + commits + " " + seed));
        int records = count(record.duplicate().order(ByteOrder.LITTLE_ENDIAN));
        int[] cuts = random.ints(disks, 0, records + 1).sorted().toArray();
        ByteBuffer acks = ByteBuffer.allocate(record.capacity());
        int at = 0;
        for (int i = 0; i < cuts.length; i++) {
            for (; at < cuts[i]; at++) {
                apply(record, files, acks);
            }
            try {
                Map<Integer, byte[]> left = new HashMap<>();
                files.forEach((file, disk) -> left.put(file, disk.afterPowerLoss(random)));
                check(left, acks.duplicate().flip());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + ", disk " + i + " after " + at + " of " + records + " calls", e);
            }
        }
    }

    private interface Load {
        void run(Faults faults, Child child) throws IOException;
    }

    /** Has a store loaded; fills {@code files} with what was on the disk before. */
    private ByteBuffer record(Map<Integer, Disk> files, Load load) throws Exception {
        Path directory = temporary.resolve("data");
        Faults faults = Faults.make(temporary);
        try (Child child = faults.child()) {
            child.ask("open " + directory + " 500");
            for (Map.Entry<Integer, String> file : FILES.entrySet()) {
                files.put(file.getKey(), new Disk(Files.readAllBytes(directory.resolve(file.getValue()))));
            }
            faults.recording(true);
            load.run(faults, child);
            faults.recording(false);
        }
        return ByteBuffer.wrap(Files.readAllBytes(faults.record())).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int count(ByteBuffer record) {
        int count = 0;
        while (record.remaining() >= 24) {
            long length = record.getLong(record.position() + 16);
            if (length > record.remaining() - 24) {
                // The child was still writing this one down.
                break;
            }
            record.position(record.position() + 24 + (int) length);
            count++;
        }
        return count;
    }

    private static void apply(ByteBuffer record, Map<Integer, Disk> files, ByteBuffer acks) {
        int operation = record.getInt();
        int file = record.getInt();
        long offset = record.getLong();
        byte[] bytes = new byte[(int) record.getLong()];
        record.get(bytes);
        Disk disk = files.get(file);
        if (disk == null) {
            acks.put(bytes);
        } else if (operation == SYNC) {
            disk.sync();
        } else {
            disk.add(operation == WRITE ? new Disk.Write((int) offset, bytes) : new Disk.Resize((int) offset));
        }
    }

    private void check(Map<Integer, byte[]> files, ByteBuffer acks) throws Exception {
        Path directory = Files.createTempDirectory(memory(), "distkv-disk");
        try {
            for (Map.Entry<Integer, byte[]> file : files.entrySet()) {
                Files.write(directory.resolve(String.valueOf(FILES.get(file.getKey()))), file.getValue());
            }
            try (SqliteStore store =
                    SqliteStore.open(directory, SqliteOptions.of("child").withClock(ManualClock::new))) {
                Acks.of(acks).check(store, oldest(store));
            }
        } finally {
            for (String file : List.of("store.db", "store.db-wal", "store.db-shm", "lock")) {
                Files.deleteIfExists(directory.resolve(file));
            }
            Files.delete(directory);
        }
    }

    private static long oldest(SqliteStore store) {
        try {
            store.follow(0).close();
            return 0;
        } catch (CompactedException e) {
            return e.oldest();
        }
    }

    /** Disks are made in memory where there is a place for that: nothing of them needs to last. */
    private Path memory() throws IOException {
        Path shared = Path.of("/dev/shm");
        return Files.isWritable(shared) ? shared : Files.createDirectories(temporary.resolve("disks"));
    }
}
