package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.process.VitalThreads;
import distkv.protocol.Values;
import distkv.schema.group.LogTopic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What jobs log, for those who follow it now, on whatever machine: it is sent as messages, which nobody keeps. A virtual
 * thread sends them. When it cannot follow, its queue is <em>full</em>: further lines are dropped, and counted in the next
 * one; so they are while there is no connection.
 */
public final class LiveLog implements JobLog, AutoCloseable {
    private static final int WAITING = 1_000;
    /** How many lines go into one message. */
    private static final int TOGETHER = 50;

    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(WAITING);
    private final AtomicLong dropped = new AtomicLong();
    private final Client client;
    private final String node;
    private final List<String> topic;
    private final Thread thread;

    LiveLog(Client client, RunnerOptions options) {
        this.client = client;
        this.node = options.node();
        this.topic = LogTopic.of(options.group());
        this.thread = VitalThreads.virtual("live log", this::send);
        thread.start();
    }

    /**
     * What somebody who follows a group's jobs is told.
     *
     * @param node who runs the job
     * @param dropped how many lines before this one were left out
     */
    public record Heard(String node, Line line, long dropped) {}

    /** Reads a message of a {@link LogTopic}; what is no line is passed over. */
    public static List<Heard> read(@Nullable Value message) {
        List<Heard> heard = new ArrayList<>();
        if (message != null && Values.decode(message) instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map
                        && map.get("job") instanceof Path job
                        && map.get("at") instanceof Number at) {
                    Line line = new Line(time(at), text(map, "level"), text(map, "name"), job, text(map, "text"));
                    heard.add(new Heard(text(map, "node"), line, number(map, "dropped")));
                }
            }
        }
        return heard;
    }

    private static Instant time(Number unix) {
        return Instant.ofEpochMilli(Math.round(unix.doubleValue() * 1e3));
    }

    private static String text(Map<?, ?> map, String key) {
        return String.valueOf(map.get(key));
    }

    private static long number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number ? number.longValue() : 0;
    }

    @Override
    public void log(Line line) {
        if (line.job() != null && !lines.offer(line)) {
            dropped.incrementAndGet();
        }
    }

    private void send() {
        List<Line> next = new ArrayList<>();
        try {
            while (true) {
                next.add(lines.take());
                lines.drainTo(next, TOGETHER - 1);
                send(next);
                next.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(List<Line> next) throws InterruptedException {
        long missing = dropped.getAndSet(0);
        List<Map<String, @Nullable Object>> message = new ArrayList<>();
        for (Line line : next) {
            message.add(map(line, message.isEmpty() ? missing : 0));
        }
        try {
            client.send(topic, Values.encode(message));
        } catch (ClientException e) {
            dropped.addAndGet(missing + next.size());
        }
    }

    private Map<String, @Nullable Object> map(Line line, long missing) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("at", line.at().toEpochMilli() / 1e3);
        map.put("level", line.level());
        map.put("node", node);
        map.put("job", line.job());
        map.put("name", line.name());
        map.put("text", line.text());
        if (missing > 0) {
            map.put("dropped", missing);
        }
        return map;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
