package distkv.cli.copy;

import distkv.cli.context.Printer;
import distkv.cli.context.ProcessLifetime;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ServerConnectionException;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.store.CompactedException;
import distkv.store.CopyBatch;
import distkv.store.sqlite.CopyFile;
import java.nio.file.Path;
import java.time.Duration;

/** Copies the whole tree of a main server, going on after breaks. Used by one thread. */
final class FullCopy {
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration REPORT = Duration.ofSeconds(2);

    private final MainServer main;
    private final Path data;
    private final Printer printer;

    FullCopy(MainServer main, Path data, Printer printer) {
        this.main = main;
        this.data = data;
        this.printer = printer;
    }

    /** Makes the copy the store of the data directory; false if the process is to stop before that. */
    boolean make(ProcessLifetime life) throws InterruptedException {
        boolean began = false;
        do {
            try (Client client = main.connect()) {
                began = true;
                attempt(client);
                return true;
            } catch (CompactedException e) {
                printer.remark("too much has changed meanwhile; copying from the beginning");
            } catch (ServerConnectionException e) {
                if (!began) {
                    throw main.explain(e);
                }
            } catch (ClientException e) {
                throw main.explain(e);
            }
        } while (!life.await(PAUSE));
        return false;
    }

    private void attempt(Client client) throws InterruptedException, CompactedException {
        if (client.greeting().standing() == null) {
            throw main.notOurs();
        }
        try (CopyFile draft = CopyFile.in(data)) {
            MainServer.CopyInput feed = new MainServer.CopyInput(
                    client, new Request.FollowStore(Seq.of(1), null, -1, draft.resume(), draft.tick()));
            draft.begin(feed.start(), main.address());
            long reported = System.nanoTime();
            while (true) {
                CopyBatch batch = feed.batch();
                draft.append(batch);
                feed.acknowledge();
                if (batch.upTo() == batch.newest()) {
                    draft.finish();
                    return;
                }
                if (System.nanoTime() - reported > REPORT.toNanos()) {
                    reported = System.nanoTime();
                    printer.remark("copying: revision " + batch.upTo() + " of " + batch.newest());
                }
            }
        }
    }
}
