package distkv.store.sqlite;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;

/** The switches of {@code faults.c}: how the writes and syncs of a {@link Child} fail. */
final class Faults {
    static final int EIO = 5;
    static final int ENOSPC = 28;
    /** The write-ahead log, the file itself, and the file of acknowledgements. */
    static final int LOG = 1;

    static final int DATA = 2;
    static final int ACKS = 4;
    /** The room that is kept for a full disk, and the index of the write-ahead log. */
    static final int RESERVE = 8;

    static final int INDEX = 16;

    private static final int SWITCHES = 9;

    private final Path temporary;
    private final MemorySegment switches;

    private Faults(Path temporary, MemorySegment switches) {
        this.temporary = temporary;
        this.switches = switches;
    }

    /** Compiles the library and sets all switches off. */
    static Faults make(Path temporary) throws IOException, InterruptedException {
        Path source = temporary.resolve("faults.c");
        try (InputStream in = Objects.requireNonNull(Faults.class.getResourceAsStream("faults.c"))) {
            Files.copy(in, source);
        }
        try {
            Process compiler = new ProcessBuilder(
                            "gcc", "-O1", "-shared", "-fPIC", "-o", "faults.so", "faults.c", "-ldl", "-pthread")
                    .directory(temporary.toFile())
                    .inheritIO()
                    .start();
            if (compiler.waitFor() != 0) {
                fail("gcc cannot compile faults.c: see above (expected: apt-get install gcc libc6-dev)");
            }
        } catch (IOException e) {
            fail("this test needs a C compiler: apt-get install gcc libc6-dev", e);
        }
        Path control = temporary.resolve("control");
        Files.write(control, new byte[Integer.BYTES * SWITCHES]);
        try (FileChannel channel = FileChannel.open(control, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Faults(
                    temporary, channel.map(MapMode.READ_WRITE, 0, (long) Integer.BYTES * SWITCHES, Arena.ofAuto()));
        }
    }

    Child child() throws IOException {
        return Child.start(
                        temporary,
                        Map.of(
                                "LD_PRELOAD", temporary.resolve("faults.so").toString(),
                                "FAULTS_CONTROL", temporary.resolve("control").toString(),
                                "FAULTS_RECORD", record().toString()))
                .awaitReady();
    }

    /** Where calls are recorded while {@link #recording} is on. */
    Path record() {
        return temporary.resolve("record");
    }

    void syncsFail(int error, int files) {
        set(0, error);
        set(1, files);
    }

    /** After so many bytes, writes fail. */
    void writesFail(int error, int files, int room) {
        writesFail(error, files, room, 0);
    }

    /** After so many bytes, one write fails. */
    void oneWriteFails(int error, int files, int room) {
        writesFail(error, files, room, 1);
    }

    private void writesFail(int error, int files, int room, int times) {
        set(7, times);
        set(4, room);
        set(2, error);
        set(3, files);
    }

    /** How many bytes can still be written. */
    int room() {
        return switches.getAtIndex(ValueLayout.JAVA_INT, 4);
    }

    /** Files whose writes fail cannot be made shorter either. */
    void truncationsFail(int error) {
        set(8, error);
    }

    /** From now on the store's files are alone on a disk that has so many bytes of room. */
    void disk(int room) {
        set(6, 1);
        writesFail(ENOSPC, LOG | DATA | RESERVE | INDEX, room);
    }

    void recording(boolean on) {
        set(5, on ? 1 : 0);
    }

    void off() {
        syncsFail(0, 0);
        writesFail(0, 0, 0);
        set(6, 0);
        set(8, 0);
    }

    private void set(int index, int value) {
        switches.setAtIndex(ValueLayout.JAVA_INT, index, value);
    }
}
