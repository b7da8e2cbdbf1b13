package distkv.server.session;

import static distkv.server.session.Wire.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.VitalThreads;
import distkv.store.VitalThreadError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each thread that lives long, and a fault in it: it goes on, or it tells who ends the process. */
@Timeout(60)
class VitalThreadsTest {
    private final CompletableFuture<Throwable> reported = new CompletableFuture<>();
    private Thread.UncaughtExceptionHandler before;

    @BeforeEach
    void listen() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> reported.complete(fault));
    }

    @AfterEach
    void restore() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    private void assertReported(String thread) throws Exception {
        assertThat(reported.get(20, TimeUnit.SECONDS))
                .isInstanceOf(VitalThreadError.class)
                .hasMessageContainingAll(thread, "planted");
    }

    @Test
    void aReplicaThatFailsAcknowledgesNothingMore() throws Exception {
        AtomicReference<RuntimeException> planted = new AtomicReference<>();
        HeldBackStore store = new HeldBackStore(() -> () -> {
            if (planted.get() != null) {
                throw planted.get();
            }
        });
        try (Fixture fixture = new Fixture(Fixture.OPTIONS, store)) {
            Wire wire = fixture.wire();
            assertThat(wire.call("set_value", "path", path("a"), "value", 1)).containsEntry("changed", true);
            planted.set(new IllegalStateException("planted"));
            assertThat(wire.call("set_value", "path", path("a"), "value", 2)).containsEntry("etype", "unknown");
            assertReported("distkv-replica");
            assertThat(wire.call("set_value", "path", path("a"), "value", 3)).containsEntry("etype", "unknown");
        }
    }

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
            assertThat(reported).isNotDone();
            register(
                    loop,
                    () -> {
                        throw new LinkageError("planted");
                    },
                    new CompletableFuture<>());
            assertThat(reported.get(20, TimeUnit.SECONDS)).isInstanceOf(LinkageError.class);
        }
    }

    @Test
    void aLoopWhoseTaskFailsIsReported() throws Exception {
        try (EventLoop loop = EventLoop.start()) {
            loop.execute(() -> {
                throw new IllegalStateException("planted");
            });
            assertReported("distkv-loop");
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
                    key.set(loop.register(far, new EventLoop.Member() {
                        @Override
                        public void readable() {
                            EventLoop.wantNoBytes(Objects.requireNonNull(key.get()));
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
        assertThat(reported).isNotDone();
    }

    @Test
    void aVirtualThreadThatFailsIsReported() throws Exception {
        Thread thread = VitalThreads.virtual("distkv-reader", () -> {
            throw new IllegalStateException("planted");
        });
        thread.start();
        assertReported("distkv-reader");
    }
}
