package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.process.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestTraceTest {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        Trace.writeTo(null);
    }

    /** The lines up to one that ends like this, without their times. */
    private List<String> linesTo(String end) throws InterruptedException {
        List<String> all = new ArrayList<>();
        while (all.isEmpty() || !all.getLast().endsWith(end)) {
            String line = lines.poll(20, TimeUnit.SECONDS);
            assertThat(line).as("a line that ends with %s, after %s", end, all).isNotNull();
            all.add(String.valueOf(line).replaceFirst("^\\S+ ", ""));
        }
        return all;
    }

    @Test
    void aWriteShowsItsStationsFromTheFrameToTheReply() throws Exception {
        try (ServerFixture fixture = new ServerFixture()) {
            WireClient wire = fixture.wire();
            Trace.writeTo(lines::add);
            wire.call("set_value", "path", path("a"), "value", 1);
            List<String> all = linesTo("request c1#1 flushed");
            assertThat(all.getFirst()).matches("request c1#1 frame: \\d+ bytes");
            // The replica may be faster than the thread that hears of the commit.
            assertThat(all.stream().filter(line -> line.startsWith("request")).skip(1))
                    .containsExactly(
                            "request c1#1 parsed: SetValue",
                            "request c1#1 gate: on the loop",
                            "request c1#1 submitted: 1 writes",
                            "request c1#1 decided: committed, revision 1",
                            "request c1#1 visible: the replica has reached revision 1",
                            "request c1#1 reply: Changed",
                            "request c1#1 flushed");
            assertThat(all)
                    .containsSubsequence(
                            "request c1#1 submitted: 1 writes",
                            "replica 1 applied: 1 changes",
                            "replica 1 offered: to 0 watchers",
                            "request c1#1 visible: the replica has reached revision 1");
        }
    }

    @Test
    void aRequestThatMayWaitShowsThatItLeavesTheLoop() throws Exception {
        try (ServerFixture fixture = new ServerFixture()) {
            WireClient wire = fixture.wire();
            Trace.writeTo(lines::add);
            wire.call("enumerate", "path", path());
            assertThat(linesTo("request c1#1 flushed"))
                    .containsSubsequence(
                            "request c1#1 parsed: Enumerate",
                            "request c1#1 gate: on a virtual thread",
                            "request c1#1 reply: Result",
                            "request c1#1 flushed");
        }
    }

    @Test
    void withoutATraceNothingIsPrinted() throws Exception {
        try (ServerFixture fixture = new ServerFixture()) {
            fixture.wire().call("set_value", "path", path("a"), "value", 1);
        }
        assertThat(lines).isEmpty();
    }
}
