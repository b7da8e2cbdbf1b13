package distkv.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Loads for every server that speaks the client protocol: ours and the original. */
public final class LoadGenerator {
    private LoadGenerator() {}

    /** Replies per second, each connection sending its next request when it has the reply to the last one. */
    public static double closedLoop(InetSocketAddress server, int connections, Requests.Talk talk, Duration time)
            throws IOException {
        return closedLoop(server, connections, null, talk, time);
    }

    /** The same, after a log-in by this request. */
    public static double closedLoop(
            InetSocketAddress server, int connections, Requests.@Nullable Talk logIn, Requests.Talk talk, Duration time)
            throws IOException {
        try (ConnectionMultiplexer all = new ConnectionMultiplexer(server, connections)) {
            if (logIn != null) {
                all.logIn(logIn);
            }
            Counter replies = new Counter();
            all.members().forEach(member -> member.ask(talk));
            all.send();
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                all.turn((member, message) -> {
                    replies.count++;
                    member.ask(talk);
                });
            }
            return rate(replies.count, start);
        }
    }

    /**
     * Requests per second: sends requests 1 to {@code count} over one connection, with at most {@code window} of them
     * unanswered.
     */
    public static double pipelined(SocketAddress server, int window, Requests.Talk talk, int count) throws IOException {
        try (ConnectionMultiplexer all = new ConnectionMultiplexer(server, 1)) {
            ConnectionMultiplexer.Participant writer = all.members().getFirst();
            Counter asked = new Counter();
            Counter replies = new Counter();
            long start = System.nanoTime();
            for (; asked.count < Math.min(window, count); asked.count++) {
                writer.ask(talk);
            }
            all.send();
            while (replies.count < count) {
                all.turn((member, message) -> {
                    replies.count++;
                    if (asked.count < count) {
                        asked.count++;
                        member.ask(talk);
                    }
                });
            }
            return rate(count, start);
        }
    }

    /** Replies per second over one blocking connection, one request after another. */
    public static double serial(InetSocketAddress server, Requests.Talk talk, Duration time) throws IOException {
        return serial(server, null, talk, time);
    }

    /** The same, after a log-in by this request. */
    public static double serial(
            InetSocketAddress server, Requests.@Nullable Talk logIn, Requests.Talk talk, Duration time)
            throws IOException {
        try (BlockingConnection connection = new BlockingConnection(server)) {
            if (logIn != null) {
                connection.logIn(logIn);
            }
            long replies = 0;
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                connection.call(talk);
                replies++;
            }
            return rate(replies, start);
        }
    }

    /** The median time, in milliseconds, from sending a set until another connection sees it. */
    public static double seen(InetSocketAddress server, Duration time) throws IOException {
        String name = "seen" + System.nanoTime();
        Requests.Talk set = Requests.fill(name);
        try (BlockingConnection writer = new BlockingConnection(server);
                BlockingConnection watcher = new BlockingConnection(server)) {
            watcher.call(Requests.watch(name));
            Samples samples = new Samples();
            long end = System.nanoTime() + time.toNanos();
            while (System.nanoTime() < end) {
                long sent = System.nanoTime();
                writer.send(set);
                watcher.next();
                samples.add(System.nanoTime() - sent);
                writer.next();
            }
            return samples.median() / 1e6;
        }
    }

    /** Entries per second when the whole tree is requested again and again. */
    public static double tree(InetSocketAddress server, String name, Duration time) throws IOException {
        Requests.Talk tree = Requests.tree(name);
        try (BlockingConnection connection = new BlockingConnection(server)) {
            long items = 0;
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                connection.send(tree);
                for (MessageScanner message = connection.next(); !message.last(); message = connection.next()) {
                    if (message.item()) {
                        items++;
                    }
                }
            }
            return rate(items, start);
        }
    }

    public static double rate(long count, long start) {
        return count * 1e9 / (System.nanoTime() - start);
    }

    static final class Counter {
        long count;
    }

    /** Durations in nanoseconds. */
    public static final class Samples {
        private long[] nanos = new long[1024];
        private int count;

        public void add(long sample) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = sample;
        }

        public double median() {
            return quantile(0.5);
        }

        /** The value below which this part of the samples lies; of few samples, 0.99 is the largest one. */
        public double quantile(double part) {
            Arrays.sort(nanos, 0, count);
            return nanos[Math.min(count - 1, (int) (part * count))];
        }
    }
}
