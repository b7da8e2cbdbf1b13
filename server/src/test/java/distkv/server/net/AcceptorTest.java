package distkv.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.testing.ReportedFaults;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class AcceptorTest {
    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @Test
    void whoAcceptsGoesOnWhateverFails() throws IOException {
        List<SocketChannel> served = new ArrayList<>();
        try (SocketChannel connection = SocketChannel.open()) {
            Iterator<Acceptor.Source> script = List.<Acceptor.Source>of(
                            () -> {
                                throw new IOException("Too many open files");
                            },
                            () -> connection,
                            () -> {
                                throw new IllegalStateException("planted");
                            },
                            () -> connection,
                            () -> {
                                throw new ClosedChannelException();
                            })
                    .iterator();
            Acceptor.run("tests", () -> script.next().accept(), accepted -> {
                served.add(accepted);
                throw new IOException("planted: it is gone already");
            });
            assertThat(script).isExhausted();
        }
        assertThat(served).hasSize(2);
        assertThat(faults.reported()).isNotDone();
    }
}
