package distkv.client;

/**
 * What a process needs to witness that a {@link Session}'s holder lives ({@code docs/protocol.md}).
 *
 * @param socket the path of the server's Unix socket, which is of no use on another machine
 * @param attachment which of the session's connections was told so, from 1: the witnesses of an earlier one may be gone
 */
public record Witness(String socket, long session, String secret, int attachment) {
    @Override
    public String toString() {
        return "Witness[" + socket + ", session " + session + ", attachment " + attachment + "]";
    }
}
