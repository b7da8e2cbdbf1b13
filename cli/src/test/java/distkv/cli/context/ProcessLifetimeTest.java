package distkv.cli.context;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.process.VitalThreads;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How processes that serve end, with real ones. */
@Timeout(60)
class ProcessLifetimeTest {
    /** A process that serves until it is stopped, or fails in a way of its own. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            try (ProcessLifetime life = new ProcessLifetime()) {
                Runnable failing = () -> {
                    throw new IllegalStateException("planted");
                };
                switch (arguments[0]) {
                    case "platform" ->
                        VitalThreads.platform("distkv-loop", failing).start();
                    case "virtual" ->
                        VitalThreads.virtual("distkv-loop", failing).start();
                    case "error" ->
                        Thread.ofVirtual().name("distkv-loop").start(() -> {
                            throw new LinkageError("planted");
                        });
                    default -> {}
                }
                System.out.println("serving");
                life.await();
                if (arguments[0].equals("hanging")) {
                    Thread.sleep(Long.MAX_VALUE);
                }
            }
        }
    }

    private @Nullable Process process;

    private Process start(String how) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx32m",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                how);
        Process started = new ProcessBuilder(command).start();
        process = started;
        return started;
    }

    @AfterEach
    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private static int end(Process started) throws InterruptedException {
        assertThat(started.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        return started.exitValue();
    }

    private static String lastLine(Process started) throws IOException {
        try (BufferedReader said = started.errorReader()) {
            return said.lines().reduce("", (before, line) -> line);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "platform, java.lang.IllegalStateException: planted",
        "virtual, java.lang.IllegalStateException: planted",
        "error, java.lang.LinkageError: planted"
    })
    void aThreadThatFailsEndsTheProcessWithAReasonAndACode(String how, String why) throws Exception {
        Process started = start(how);
        assertThat(end(started)).isEqualTo(FatalErrorHandler.CODE).isNotZero();
        assertThat(lastLine(started))
                .startsWith("distkv: ended with code 3: thread distkv-loop failed: ")
                .endsWith(why);
    }

    @Test
    void aSignalEndsItWithoutAComplaint() throws Exception {
        Process started = start("serving");
        assertThat(started.inputReader().readLine()).isEqualTo("serving");
        started.toHandle().destroy();
        assertThat(end(started)).isZero();
        assertThat(lastLine(started)).isEmpty();
    }

    /** It takes as long as a process is given to stop. */
    @Test
    @Tag("long")
    void aSignalEndsOneThatHangsToo() throws Exception {
        Process started = start("hanging");
        assertThat(started.inputReader().readLine()).isEqualTo("serving");
        started.toHandle().destroy();
        assertThat(end(started)).isEqualTo(FatalErrorHandler.CODE);
        assertThat(lastLine(started))
                .startsWith("distkv: ended with code 3: not done " + ProcessLifetime.TIMEOUT_SECONDS + " s after");
    }
}
