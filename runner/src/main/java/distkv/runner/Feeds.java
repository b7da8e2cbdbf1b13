package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.LogInException;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.client.WatchOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.process.VitalThreads;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows the subtrees of a runner, all of them with one watch: what was written first is known first, so that a job
 * never starts with older code than was there when it was written. A virtual thread hands on what the watch brings.
 */
final class Feeds implements AutoCloseable {
    private final Events events;
    private final List<Feed> feeds;
    private final Path top;
    private final boolean authors;
    private @Nullable Watch watch;
    /** Used by the decision thread. */
    private boolean current;

    Feeds(Events events, RunnerOptions options) {
        this.events = events;
        this.feeds = Feed.of(options);
        this.authors = !options.policy().authors().isEmpty();
        this.top = feeds.stream()
                .map(Feed::root)
                .reduce((one, other) -> one.head(one.shared(other)))
                .orElseThrow();
    }

    void open(Client client) throws InterruptedException {
        List<Path> only = feeds.stream().map(feed -> feed.root().below(top)).toList();
        WatchOptions all = WatchOptions.FETCH.only(only);
        watch = client.watch(top, authors ? all.withAuthors() : all);
        VitalThreads.virtual("runner feeds", this::follow).start();
    }

    private void follow() {
        Watch followed = Objects.requireNonNull(watch);
        try {
            for (WatchEvent event = followed.next(); event != null; event = followed.next()) {
                switch (event) {
                    case WatchEvent.Changed(var entry) -> changed(entry);
                    case WatchEvent.UpToDate _ -> events.put(new Event.Current());
                    case WatchEvent.CutOff _ -> events.put(new Event.CutOff());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClientException e) {
            if (!(e instanceof LogInException)) {
                events.put(new Event.Printed("cannot follow " + top + ": " + e.getMessage()));
            }
            events.put(new Event.CutOff());
        }
    }

    private void changed(Entry entry) {
        for (Feed feed : feeds) {
            if (entry.path().startsWith(feed.root())) {
                events.put(new Event.Changed(feed, entry));
            }
        }
    }

    void current(boolean whether) {
        current = whether;
    }

    /** Whether all that the server has is in. */
    boolean areCurrent() {
        return current;
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
