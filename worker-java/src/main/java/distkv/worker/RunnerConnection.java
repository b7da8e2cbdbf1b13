package distkv.worker;

import distkv.model.Value;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.ProtocolException;
import distkv.protocol.Values;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The worker's connection to its runner, which carries the messages of {@code docs/worker.md}. A platform thread
 * writes.
 */
final class RunnerConnection {
    private final SocketChannel channel;
    private final ReportQueue outbox = new ReportQueue();
    private final Thread writer =
            Thread.ofPlatform().daemon().name("runner writer").unstarted(this::write);

    private RunnerConnection(SocketChannel channel) {
        this.channel = channel;
    }

    /** The connection that this process was started with. A sandboxed process could not open one. */
    static RunnerConnection inherited() throws IOException {
        if (!(System.inheritedChannel() instanceof SocketChannel channel)) {
            throw new IOException("standard input is no connection to a runner");
        }
        return over(channel);
    }

    static RunnerConnection over(SocketChannel channel) {
        RunnerConnection link = new RunnerConnection(channel);
        link.writer.start();
        return link;
    }

    /**
     * Sends a message, which is never dropped.
     *
     * @throws IllegalArgumentException if a value cannot be sent; the message names its type, or its size or depth
     */
    void report(String op, @Nullable Object... pairs) {
        try {
            Value message = message(op, pairs);
            // A runner closes the connection on a larger or deeper message, which would end all runs here.
            new FrameReader(new ByteArrayInputStream(message.bytes()), FrameLimits.DEFAULT).next();
            outbox.report(message);
        } catch (ProtocolException | IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException("a value that contains itself, or is nested too deeply", e);
        }
    }

    /** Sends a log record of a run; it is dropped if the runner does not keep up. */
    void log(long run, String level, String text) {
        int dropped = outbox.dropped();
        if (dropped > 0) {
            outbox.log(record(run, "WARNING", dropped + " log records were dropped", dropped));
        }
        outbox.log(record(run, level, text, null));
    }

    private static Value record(long run, String level, String text, @Nullable Integer dropped) {
        Instant now = Instant.now();
        double at = now.getEpochSecond() + now.getNano() / 1e9;
        String shown = ExceptionReport.clean(text);
        return dropped == null
                ? message("log", "run", run, "level", level, "text", shown, "at", at)
                : message("log", "run", run, "level", level, "text", shown, "at", at, "dropped", dropped);
    }

    private static Value message(String op, @Nullable Object... pairs) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("op", op);
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return Values.encode(map);
    }

    /** Passes the runner's messages on until the connection ends or the consumer returns false. */
    void read(Predicate<Map<?, ?>> taker) throws IOException {
        FrameReader frames = new FrameReader(Channels.newInputStream(channel), FrameLimits.DEFAULT);
        for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
            if (Values.decode(frame.copy()) instanceof Map<?, ?> message && !taker.test(message)) {
                return;
            }
        }
    }

    private void write() {
        try {
            while (true) {
                ByteBuffer bytes = ByteBuffer.wrap(outbox.take().bytes());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The runner is gone, which the reader notices, or this process is about to end.
            outbox.close();
        }
    }

    /** Sends what is queued and ends the process, without waiting for threads that the code has left running. */
    void finish(int status) {
        try {
            outbox.drain();
        } catch (InterruptedException e) {
            // The runner misses the rest, as it would if this process were killed.
        }
        Runtime.getRuntime().halt(status);
    }
}
