package distkv.runner.worker;

import distkv.model.Value;
import distkv.model.process.VitalThreads;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * The connection of the parent or of a worker. One virtual thread reads it and passes messages on, blocking while the
 * receiver is busy, so that a worker that sends too much is slowed down. Another virtual thread writes.
 */
public final class WorkerConnection {
    /**
     * How many messages may wait to be written. If the queue is full the worker is stuck, and {@link #send} returns
     * false.
     */
    static final int WAITING = 2_000;

    private final SocketChannel channel;
    private final Consumer<WorkerEvent> events;
    private final BlockingQueue<Value> outgoing = new ArrayBlockingQueue<>(WAITING);
    private final Thread writer = VitalThreads.virtual("worker writer", this::write);

    WorkerConnection(SocketChannel channel, Consumer<WorkerEvent> events) {
        this.channel = channel;
        this.events = events;
    }

    void open() {
        writer.start();
        VitalThreads.virtual("worker reader", this::read).start();
    }

    /** Queues a message; never blocks. Returns false if the queue is full. */
    boolean send(ToWorker message) {
        return outgoing.offer(message.encode());
    }

    /** Closes the connection. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The connection is given up in any case.
        }
        writer.interrupt();
    }

    private void read() {
        try {
            FrameReader frames = new FrameReader(Channels.newInputStream(channel), FrameLimits.DEFAULT);
            for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                FromWorker message = FromWorker.read(frame.copy());
                if (message != null) {
                    events.accept(new WorkerEvent.Received(this, message));
                }
            }
        } catch (IOException | RuntimeException e) {
            // Whatever code makes its worker send ends this connection, and nothing else.
            System.getLogger(WorkerConnection.class.getName())
                    .log(System.Logger.Level.DEBUG, "worker connection ends", e);
        }
        close();
        events.accept(new WorkerEvent.Closed(this));
    }

    private void write() {
        try {
            while (channel.isOpen()) {
                ByteBuffer bytes = ByteBuffer.wrap(outgoing.take().bytes());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
        } catch (IOException | InterruptedException e) {
            // The reader notices and reports the same end.
            close();
        }
    }
}
