package distkv.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A connection to a server that can be cut, mended, and frozen, so that nothing gets through but nobody notices. */
final class Cable implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean cut;
    private boolean frozen;
    private boolean silent;
    private int held;
    private final AtomicInteger connections = new AtomicInteger();

    Cable(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How many connections were made through it. */
    int connections() {
        return connections.get();
    }

    /** Breaks all connections, and refuses new ones. */
    void cut() {
        set(true, frozen);
        sockets.forEach(Cable::close);
    }

    void mend() {
        set(false, false);
    }

    /** Lets nothing through, and nobody knows. */
    void freeze() {
        set(cut, true);
    }

    /** Lets nothing through that the server says, and nobody knows. */
    void silence() {
        lock.lock();
        try {
            silent = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something has come that the frozen cable does not let through. */
    void awaitHeld() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (held == 0) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void set(boolean newCut, boolean newFrozen) {
        lock.lock();
        try {
            cut = newCut;
            frozen = newFrozen;
            silent = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isCut() {
        lock.lock();
        try {
            return cut;
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listener.accept();
                if (isCut()) {
                    close(near);
                    continue;
                }
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                sockets.add(near);
                sockets.add(far);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> copy(near, far, false));
                Thread.ofVirtual().start(() -> copy(far, near, true));
                if (isCut()) {
                    close(near);
                }
            }
        } catch (IOException e) {
            // The listener was closed, or the server is gone.
        }
    }

    private void copy(Socket from, Socket to, boolean fromServer) {
        byte[] buffer = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                awaitThaw(fromServer);
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            // One end is gone, and so goes the other.
        } finally {
            close(from);
            close(to);
        }
    }

    private void awaitThaw(boolean fromServer) {
        lock.lock();
        try {
            held++;
            changed.signalAll();
            while (frozen || (silent && fromServer)) {
                changed.awaitUninterruptibly();
            }
            held--;
        } finally {
            lock.unlock();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is as good as closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
        set(true, false);
    }
}
