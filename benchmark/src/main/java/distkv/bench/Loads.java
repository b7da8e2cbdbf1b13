package distkv.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;

/** The loads of the rows, for every server that speaks the client protocol: ours and the original. */
final class Loads {
    private Loads() {}

    /** Replies per second, each connection sending its next request when it has the reply to the last one. */
    static double closedLoop(InetSocketAddress server, int connections, Requests.Talk talk, Duration time)
            throws IOException {
        try (Crowd crowd = new Crowd(server, connections)) {
            Counter replies = new Counter();
            crowd.members().forEach(member -> member.ask(talk));
            crowd.send();
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                crowd.turn((member, message) -> {
                    replies.count++;
                    member.ask(talk);
                });
            }
            return rate(replies.count, start);
        }
    }

    /** Requests 1 to {@code count} with at most {@code window} of them unanswered, over one connection; per second. */
    static double pipelined(InetSocketAddress server, int window, Requests.Talk talk, int count) throws IOException {
        try (Crowd crowd = new Crowd(server, 1)) {
            Crowd.Member writer = crowd.members().getFirst();
            Counter asked = new Counter();
            Counter replies = new Counter();
            long start = System.nanoTime();
            for (; asked.count < Math.min(window, count); asked.count++) {
                writer.ask(talk);
            }
            crowd.send();
            while (replies.count < count) {
                crowd.turn((member, message) -> {
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
    static double serial(InetSocketAddress server, Requests.Talk talk, Duration time) throws IOException {
        try (Wire wire = new Wire(server)) {
            long replies = 0;
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                wire.call(talk);
                replies++;
            }
            return rate(replies, start);
        }
    }

    /** Milliseconds from sending a set until another connection has seen it: the median. */
    static double seen(InetSocketAddress server, Duration time) throws IOException {
        String name = "seen" + System.nanoTime();
        Requests.Talk set = Requests.fill(name);
        try (Wire writer = new Wire(server);
                Wire watcher = new Wire(server)) {
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

    /** Entries per second that arrive when the whole tree is asked for again and again. */
    static double tree(InetSocketAddress server, String name, Duration time) throws IOException {
        Requests.Talk tree = Requests.tree(name);
        try (Wire wire = new Wire(server)) {
            long items = 0;
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                wire.send(tree);
                for (Skim message = wire.next(); !message.last(); message = wire.next()) {
                    if (message.item()) {
                        items++;
                    }
                }
            }
            return rate(items, start);
        }
    }

    static double rate(long count, long start) {
        return count * 1e9 / (System.nanoTime() - start);
    }

    static final class Counter {
        long count;
    }

    /** Durations in nanoseconds. */
    static final class Samples {
        private long[] nanos = new long[1024];
        private int count;

        void add(long sample) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, count * 2);
            }
            nanos[count++] = sample;
        }

        double median() {
            return quantile(0.5);
        }

        /** The sample that this part of all samples is below; of a few samples 0.99 is the longest. */
        double quantile(double part) {
            Arrays.sort(nanos, 0, count);
            return nanos[Math.min(count - 1, (int) (part * count))];
        }
    }
}
