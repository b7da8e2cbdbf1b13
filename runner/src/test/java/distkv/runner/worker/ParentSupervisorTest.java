package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a parent that has died is started again. */
@Timeout(60)
class ParentSupervisorTest {
    private final List<String> log = new ArrayList<>();
    private double now = 1_000;

    @Test
    void pausesGrowToTenSecondsAndAreLogged() throws Exception {
        BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();
        try (WorkerHost host = WorkerHost.open(PythonCommand.of("/nowhere/python3"), events::add, line -> true)) {
            ParentSupervisor parent = new ParentSupervisor(host, new Log(), () -> now);
            parent.start();
            for (int i = 0; i < 9; i++) {
                WorkerEvent.ParentEnded ended = (WorkerEvent.ParentEnded) events.take();
                parent.ended("it ended");
                assertThat(ended.how()).startsWith("/nowhere/python3 cannot be started");
                assertThat(parent.isDown()).isTrue();
                assertThat(parent.run()).as("before the pause is over").isFalse();
                now = parent.next();
                assertThat(parent.run()).isTrue();
            }
            events.take();
            now += 61;
            parent.ended("it ended after a minute");
        }
        assertThat(log)
                .startsWith("it ended; starting it again in 0.2 s", "it ended; starting it again in 0.4 s")
                .endsWith(
                        "it ended; starting it again in 10.0 s", "it ended after a minute; starting it again in 0.1 s");
    }

    /** Keeps what it is told about the workers in general. */
    private final class Log implements PoolListener {
        @Override
        public void trouble(String what) {
            log.add(what);
        }

        @Override
        public void changed(RunEvent event) {}

        @Override
        public void log(Launch launch, String level, String text, double at) {}

        @Override
        public void roomMade() {}
    }
}
