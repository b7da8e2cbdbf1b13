package distkv.client;

/** Is told when the client connects and disconnects, on the thread that reconnects; it must not block. */
public interface ConnectionListener {
    void connected();

    void disconnected(String reason);
}
