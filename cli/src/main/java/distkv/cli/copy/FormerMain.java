package distkv.cli.copy;

import distkv.client.ClientException;
import distkv.client.epoch.KnownEpochs;
import distkv.model.Epochs;
import distkv.protocol.Reply;
import distkv.store.Replication;
import distkv.store.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the former main server from time to time, on a thread of its own: as soon as it is back, it is told that there
 * is a newer epoch. Ends when it is of this epoch, too.
 */
final class FormerMain implements Runnable, AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final MainServer former;
    private final Replication store;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("distkv-former-main").unstarted(this);

    private FormerMain(MainServer former, Replication store) {
        this.former = former;
        this.store = store;
    }

    static FormerMain start(MainServer former, Replication store) {
        Epochs epochs = store.epochs();
        // From here on, all clients of this process know it.
        KnownEpochs.OF_USER.newerThan(new Reply.Standing(epochs.tree(), epochs.number(), store.seal(), null));
        FormerMain started = new FormerMain(former, store);
        started.thread.start();
        return started;
    }

    @Override
    public void run() {
        try {
            do {
                if (isBack()) {
                    store.note(Replication.FORMER, "");
                    return;
                }
            } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException | StoreException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isBack() throws InterruptedException {
        try {
            Reply.@Nullable Standing its = former.standing();
            return its == null || its.epoch() >= store.epochs().number();
        } catch (ClientException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
