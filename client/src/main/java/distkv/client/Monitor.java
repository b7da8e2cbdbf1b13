package distkv.client;

import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a topic. It outlives connections, but misses messages that are sent while there is none, since
 * servers do not keep them. Only one thread may read it; any thread may {@link #close} it.
 */
public final class Monitor implements AutoCloseable {
    private final Connector connector;
    private final List<String> topic;
    private volatile @Nullable StreamReader stream;
    private volatile boolean closed;

    Monitor(Connector connector, List<String> topic) {
        this.connector = connector;
        this.topic = List.copyOf(topic);
    }

    /** Starts the monitor. Waits until the server has started it. */
    void begin() throws InterruptedException {
        while (!closed && stream == null) {
            try {
                open();
            } catch (ServerConnectionException e) {
                lost();
            }
        }
    }

    /**
     * Waits for the next message.
     *
     * @return {@code null}: this monitor or its client is closed
     * @throws ClientException if messages were lost because they were read too slowly ({@code OVERFLOW}); the next call
     *     continues
     */
    public @Nullable ReceivedMessage next() throws InterruptedException {
        while (!closed) {
            try {
                StreamReader open = stream;
                if (open == null) {
                    open();
                } else {
                    ReceivedMessage message = accept(open.next());
                    if (message != null) {
                        return message;
                    }
                }
            } catch (ServerConnectionException e) {
                lost();
            }
        }
        return null;
    }

    private void lost() {
        stream = null;
        if (connector.isClosed()) {
            closed = true;
        }
    }

    private void open() throws InterruptedException {
        StreamReader opened =
                StreamReader.open(connector.awaitConnection(), seq -> new Request.MsgMonitor(seq, topic, false));
        stream = opened;
        Reply first = opened.next();
        if (first instanceof Reply.Failed failed) {
            throw ClientException.of(failed);
        }
        if (closed) {
            close();
        }
    }

    private @Nullable ReceivedMessage accept(Reply reply) {
        return switch (reply) {
            case Reply.Message message -> new ReceivedMessage(message.topic(), message.data(), message.raw());
            case Reply.StreamEnd _ -> {
                stream = null;
                yield null;
            }
            case Reply.Failed failed -> {
                stream = null;
                throw ClientException.of(failed);
            }
            default -> throw new ClientException(Etype.OTHER, "monitor: reply " + reply);
        };
    }

    @Override
    public void close() {
        closed = true;
        StreamReader open = stream;
        if (open != null) {
            open.close("the monitor is closed");
        }
    }
}
