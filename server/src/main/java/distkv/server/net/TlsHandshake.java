package distkv.server.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a connection with TLS, until both sides have the keys and it becomes a {@link Connection}. It runs on
 * the connection's {@link EventLoop}; signatures and the like are computed by another thread, and the loop goes on when
 * they are there.
 */
final class TlsHandshake implements EventLoop.Handler {
    private static final System.Logger LOG = System.getLogger(TlsHandshake.class.getName());

    private final TlsTransport transport;
    private final EventLoop loop;
    private final Duration timeout;
    private final Executor computer;
    private final BiConsumer<TlsHandshake, PeerIdentity.@Nullable ClientCertificate> whenDone;
    private final BiConsumer<TlsHandshake, String> whenFailed;
    private final long start = System.nanoTime();

    // Used on the loop's thread only.
    private @Nullable SelectionKey key;
    private boolean computing;
    private boolean over;

    /** Why it has failed, while what the client still sends is discarded; {@code null} otherwise. */
    private @Nullable String farewell;

    /**
     * @param timeout how long it may take
     * @param computer runs what takes too long for the loop
     * @param whenDone called on the loop's thread at the end
     * @param whenFailed called on the loop's thread instead, with the reason, after the connection was closed; an empty
     *     reason is not worth a line in the log
     */
    TlsHandshake(
            TlsTransport transport,
            EventLoop loop,
            Duration timeout,
            Executor computer,
            BiConsumer<TlsHandshake, PeerIdentity.@Nullable ClientCertificate> whenDone,
            BiConsumer<TlsHandshake, String> whenFailed) {
        this.transport = transport;
        this.loop = loop;
        this.timeout = timeout;
        this.computer = computer;
        this.whenDone = whenDone;
        this.whenFailed = whenFailed;
    }

    void start() {
        loop.execute(() -> {
            try {
                transport.engine().beginHandshake();
                key = loop.register(transport.socket(), this);
                proceed();
            } catch (IOException e) {
                fail(e);
            }
        });
    }

    /** Ends it if it has taken too long. Any thread may call this. */
    void checkTime() {
        if (System.nanoTime() - start > timeout.toNanos()) {
            loop.execute(() -> {
                end();
                String heard = transport.hasHeard() ? "" : ": it has sent nothing";
                fail("no TLS handshake within " + timeout.toMillis() / 1e3 + " s" + heard
                        + " (expected: a client with TLS, which is given the address as tls://HOST:PORT)");
            });
        }
    }

    /** Ends it because the server stops. Any thread may call this. */
    void abort() {
        loop.execute(() -> {
            end();
            fail("");
        });
    }

    @Override
    public void readable() {
        if (farewell == null) {
            proceed();
        } else if (!loop.discard(transport.socket())) {
            end();
        }
    }

    @Override
    public void writable() {
        forKey(SelectionKey.OP_READ, true);
        proceed();
    }

    @Override
    public void failed(RuntimeException fault) {
        LOG.log(System.Logger.Level.ERROR, "internal error in a TLS handshake", fault);
        fail("internal error: " + fault);
    }

    private void proceed() {
        if (computing || over) {
            return;
        }
        try {
            switch (transport.handshake()) {
                case INPUT -> {}
                case OUTPUT -> {
                    forKey(SelectionKey.OP_READ, false);
                    forKey(SelectionKey.OP_WRITE, true);
                }
                case TASKS -> compute();
                case NOTHING -> {
                    over = true;
                    whenDone.accept(this, certificate());
                }
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void compute() {
        computing = true;
        forKey(SelectionKey.OP_READ, false);
        computer.execute(() -> {
            try {
                transport.runTasks();
                loop.execute(this::computed);
            } catch (RuntimeException e) {
                loop.execute(() -> failed(e));
            }
        });
    }

    private void computed() {
        computing = false;
        forKey(SelectionKey.OP_READ, true);
        try {
            proceed();
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void forKey(int interest, boolean on) {
        SelectionKey known = key;
        if (known != null) {
            try {
                known.interestOps(on ? known.interestOps() | interest : known.interestOps() & ~interest);
            } catch (CancelledKeyException e) {
                LOG.log(System.Logger.Level.TRACE, "closed meanwhile", e);
            }
        }
    }

    private PeerIdentity.@Nullable ClientCertificate certificate() throws SSLException {
        try {
            if (!(transport.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate found)) {
                return null;
            }
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(found.getEncoded());
            return new PeerIdentity.ClientCertificate(
                    found.getSubjectX500Principal().getName(),
                    HexFormat.of().formatHex(hash),
                    found.getNotAfter().toInstant());
        } catch (SSLPeerUnverifiedException e) {
            // It was asked for one, and has shown none.
            return null;
        } catch (GeneralSecurityException e) {
            throw new SSLException("a client's certificate that cannot be encoded", e);
        }
    }

    private void fail(IOException reason) {
        String text = String.valueOf(reason.getMessage());
        if (reason instanceof EOFException && !transport.hasHeard()) {
            // Somebody has only looked whether the port is open.
            fail("");
        } else if (text.contains("SSL message")) {
            fail("it does not speak TLS (expected: a client with TLS, which is given the address as tls://HOST:PORT)");
        } else {
            fail(text, reason instanceof SSLException);
        }
    }

    private void fail(String reason) {
        fail(reason, false);
    }

    /** @param lingers whether the client may still be sending, so that it reads the alert only after that */
    private void fail(String reason, boolean lingers) {
        if (over) {
            return;
        }
        over = true;
        try {
            // The alert says what was wrong.
            transport.finish();
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.TRACE, "no alert", e);
        }
        farewell = reason;
        if (!lingers) {
            end();
            return;
        }
        try {
            // Input that is left unread would reset the connection and make the client lose the alert.
            transport.socket().shutdownOutput();
            forKey(SelectionKey.OP_READ, true);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "client gone", e);
            end();
        }
    }

    /** Closes the connection of a handshake that has failed. */
    private void end() {
        String reason = farewell;
        if (reason == null) {
            return;
        }
        farewell = null;
        try {
            transport.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        transport.release();
        whenFailed.accept(this, reason);
    }
}
