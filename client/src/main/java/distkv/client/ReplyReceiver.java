package distkv.client;

import distkv.protocol.Reply;

/** Gets the replies to one request, on the connection's reading thread, so it must not wait for anything. */
interface ReplyReceiver {
    /** Takes the next reply. Returns whether more may come. */
    boolean receive(Reply reply);

    /** The connection broke; nothing comes any more. */
    void lost(ServerConnectionException cause);
}
