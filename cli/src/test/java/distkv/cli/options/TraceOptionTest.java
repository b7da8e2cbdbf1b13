package distkv.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.context.Keyboard;
import distkv.cli.context.Terminal;
import distkv.model.process.Trace;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TraceOptionTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @AfterEach
    void stop() {
        Trace.writeTo(null);
    }

    private void start(Map<String, String> environment, String... options) {
        TraceOption trace = new TraceOption();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("trace", CommandLine.Model.CommandSpec.forAnnotatedObject(trace)))
                .parseArgs(options);
        PrintStream out = new PrintStream(err, true, StandardCharsets.UTF_8);
        trace.start(new Terminal(
                out, out, environment, Clock.systemUTC(), false, Path.of("."), Path.of("python3"), Keyboard.system()));
        Trace.line("request", "c1#1", "flushed", "");
    }

    @Test
    void theOptionTurnsTheTraceOn() {
        start(Map.of(), "--trace");
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith(" request c1#1 flushed\n");
    }

    @Test
    void soDoesTheEnvironment() {
        start(Map.of("DISTKV_TRACE", "1"));
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith(" request c1#1 flushed\n");
    }

    @Test
    void otherwiseItIsOff() {
        start(Map.of());
        assertThat(err.size()).isZero();
    }
}
