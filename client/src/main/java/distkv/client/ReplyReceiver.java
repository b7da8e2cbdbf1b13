package distkv.client;

import distkv.protocol.Reply;

/** Takes the replies to one request, on the connection's reading thread: it must not block. */
interface ReplyReceiver {
    /** Takes the next reply. Returns whether more may follow. */
    boolean receive(Reply reply);

    /** The connection broke: nothing more follows. */
    void lost(ServerConnectionException cause);
}
