package distkv.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.testing.ReportedFaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class EventLoopTest {
    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @Test
    void aLoopDropsTheConnectionThatFailsAndServesTheOthers() throws Exception {
        try (EventLoop loop = EventLoop.start()) {
            CompletableFuture<RuntimeException> failed = new CompletableFuture<>();
            CompletableFuture<Boolean> served = new CompletableFuture<>();
            register(
                    loop,
                    () -> {
                        throw new IllegalStateException("planted");
                    },
                    failed);
            assertThat(failed.get(20, TimeUnit.SECONDS)).hasMessage("planted");
            register(loop, () -> served.complete(true), new CompletableFuture<>());
            assertThat(served.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(faults.reported()).isNotDone();
            register(
                    loop,
                    () -> {
                        throw new LinkageError("planted");
                    },
                    new CompletableFuture<>());
            assertThat(faults.reported().get(20, TimeUnit.SECONDS)).isInstanceOf(LinkageError.class);
        }
    }

    @Test
    void aLoopWhoseTaskFailsIsReported() throws Exception {
        try (EventLoop loop = EventLoop.start()) {
            loop.execute(() -> {
                throw new IllegalStateException("planted");
            });
            faults.assertReported("distkv-loop");
        }
    }

    private static void register(EventLoop loop, Runnable readable, CompletableFuture<RuntimeException> failed)
            throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel near = SocketChannel.open(listener.getLocalAddress());
            SocketChannel far = listener.accept();
            far.configureBlocking(false);
            AtomicReference<SelectionKey> key = new AtomicReference<>();
            loop.execute(() -> {
                try {
                    key.set(loop.register(far, new EventLoop.Handler() {
                        @Override
                        public void readable() {
                            EventLoop.stopReading(Objects.requireNonNull(key.get()));
                            readable.run();
                        }

                        @Override
                        public void writable() {}

                        @Override
                        public void failed(RuntimeException fault) {
                            failed.complete(fault);
                        }
                    }));
                } catch (ClosedChannelException e) {
                    throw new IllegalStateException(e);
                }
            });
            near.write(ByteBuffer.wrap(new byte[] {1}));
        }
    }
}
