package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.client.WatchOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Follows the subtrees of a runner, each with a watch and a virtual thread that hands on what it brings. */
final class Feeds implements AutoCloseable {
    private final Events events;
    private final List<Watch> watches = new ArrayList<>();
    private final List<Feed> feeds;
    /** Those that are up to date; used by the decision thread. */
    private final Set<Feed> current = new HashSet<>();

    Feeds(Events events, RunnerOptions options) {
        this.events = events;
        this.feeds = Feed.of(options);
    }

    void open(Client client) throws InterruptedException {
        for (Feed feed : feeds) {
            Watch watch = client.watch(feed.root(), WatchOptions.FETCH);
            watches.add(watch);
            Thread.ofVirtual().name("runner feed " + feed.root()).start(() -> follow(feed, watch));
        }
    }

    private void follow(Feed feed, Watch watch) {
        try {
            for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                events.put(
                        switch (event) {
                            case WatchEvent.Changed(var entry) -> new Event.Changed(feed, entry);
                            case WatchEvent.UpToDate _ -> new Event.Current(feed);
                            case WatchEvent.CutOff _ -> new Event.CutOff(feed);
                        });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClientException e) {
            events.put(new Event.Printed("cannot follow " + feed.root() + ": " + e.getMessage()));
            events.put(new Event.CutOff(feed));
        }
    }

    void current(Feed feed) {
        current.add(feed);
    }

    void cutOff(Feed feed) {
        current.remove(feed);
    }

    /** Whether all of them are up to date. */
    boolean areCurrent() {
        return current.size() == feeds.size();
    }

    @Override
    public void close() {
        watches.forEach(Watch::close);
    }
}
