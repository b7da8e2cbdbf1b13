package distkv.client;

import distkv.protocol.Reply;
import distkv.protocol.Request;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of the runs that share a client: it logs in with them, and with nothing else, on each connection. What a run
 * asks for need not wait for that: a server reads the token first.
 */
public final class RunTokens {
    private static final String EXTENSION = "run";

    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition some = lock.newCondition();
    /** Each with what is told if the server refuses it. */
    private final Map<String, Consumer<String>> tokens = new LinkedHashMap<>();

    private boolean nobody;
    private @Nullable ServerConnection connection;

    /**
     * Adds the token of a run that begins.
     *
     * @param refused is told why the server refuses it: the run is over. Called by a thread that must not wait
     */
    public void add(String token, Consumer<String> refused) {
        ServerConnection now;
        lock.lock();
        try {
            tokens.put(token, refused);
            some.signalAll();
            now = connection;
        } finally {
            lock.unlock();
        }
        if (now != null) {
            present(now, token, refused);
        }
    }

    /** Notes that a run begins that has no token: from now on the client connects without one, too. */
    public void addNobody() {
        lock.lock();
        try {
            nobody = true;
            some.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Removes the token of a run that has ended. */
    public void remove(String token) {
        lock.lock();
        try {
            tokens.remove(token);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a run to connect for. */
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (tokens.isEmpty() && !nobody) {
                some.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Logs in on a new connection, before anything else is sent there. */
    void connected(ServerConnection opened) {
        Map<String, Consumer<String>> all;
        lock.lock();
        try {
            connection = opened;
            all = new LinkedHashMap<>(tokens);
        } finally {
            lock.unlock();
        }
        all.forEach((token, refused) -> present(opened, token, refused));
    }

    private static void present(ServerConnection to, String token, Consumer<String> refused) {
        if (!to.greeting().extensions().contains(EXTENSION)) {
            return;
        }
        var _ = to.askNow(seq -> Request.LogIn.ofRun(seq, token)).thenAccept(reply -> {
            if (reply instanceof Reply.Failed failed) {
                refused.accept(failed.text());
            }
        });
    }
}
