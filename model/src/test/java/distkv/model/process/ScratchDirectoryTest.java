package distkv.model.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ScratchDirectoryTest {
    @TempDir
    private Path parent;

    private ScratchDirectory create() throws IOException {
        return ScratchDirectory.create("distkv-test-", parent);
    }

    @Test
    void whatAKilledProcessLeavesTheNextStartClears() throws Exception {
        Process other = holder();
        Path left = Path.of(other.inputReader().readLine());
        Files.createDirectories(left.resolve("below"));
        Files.writeString(left.resolve("below/file"), "x");
        create().close();
        assertThat(left).as("its owner lives").isDirectory();
        other.destroyForcibly().waitFor();
        assertThat(left).isDirectory();
        create().close();
        assertThat(parent).isEmptyDirectory();
    }

    /** Another process that makes such a directory, says where, and waits to be killed. */
    private Process holder() throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        parent.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The other process. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            ScratchDirectory directory = ScratchDirectory.create("distkv-test-", Path.of(arguments[0]));
            System.out.println(directory.path());
            Thread.currentThread().join();
        }
    }

    @Test
    void thoseOfThisProcessStayAndStayLocked() throws Exception {
        ScratchDirectory first = create();
        ScratchDirectory second = create();
        assertThat(first.path()).isDirectory();
        Process other = holder();
        other.inputReader().readLine();
        assertThat(first.path()).as("another process sees that it is ours").isDirectory();
        other.destroyForcibly().waitFor();
        first.close();
        second.close();
    }

    @Test
    void aLockThatThisProcessHoldsHasALivingOwner() throws IOException {
        Path held = Files.createDirectory(parent.resolve("distkv-test-held"));
        try (FileChannel lock =
                FileChannel.open(held.resolve("lock"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            lock.lock();
            create().close();
            assertThat(held).isDirectory();
        }
    }

    @Test
    void manyThatAreMadeAtOnceStayAndStayLocked() throws Exception {
        int threads = 32;
        List<ScratchDirectory> all = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            Callable<ScratchDirectory> start = this::create;
            for (Future<ScratchDirectory> made : pool.invokeAll(Collections.nCopies(10 * threads, start))) {
                all.add(made.get());
            }
        }
        Process other = holder();
        other.inputReader().readLine();
        assertThat(all)
                .as("another process sees that they are ours")
                .allSatisfy(each -> assertThat(each.path()).isDirectory());
        other.destroyForcibly().waitFor();
        for (ScratchDirectory each : all) {
            each.close();
        }
    }

    @Test
    void whatSomebodyElsePutThereIsLeftAlone() throws Exception {
        Path precious = Files.createDirectory(parent.resolve("precious"));
        Files.writeString(precious.resolve("lock"), "");
        Files.createSymbolicLink(parent.resolve("distkv-test-link"), precious);
        Path unlocked = Files.createDirectory(parent.resolve("distkv-test-young"));
        Path dead = Files.createDirectory(parent.resolve("distkv-test-dead"));
        FileChannel.open(dead.resolve("lock"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                .close();
        Files.createSymbolicLink(dead.resolve("to"), precious);
        create().close();
        assertThat(dead).doesNotExist();
        assertThat(precious.resolve("lock")).exists();
        assertThat(unlocked).as("one that is just being made").isDirectory();
    }
}
