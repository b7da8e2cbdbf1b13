package distkv.client;

/** Is told when the connection comes and goes, on the thread that mends it; it must not wait. */
public interface ConnectionListener {
    void connected();

    void disconnected(String reason);
}
