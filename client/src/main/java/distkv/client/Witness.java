package distkv.client;

/**
 * What a process needs to witness that the holder of a {@link Session} lives ({@code docs/protocol.md}).
 *
 * @param socket the path of the server's Unix socket, which is of no use on another machine
 * @param secret what a witness has to show, which is not the secret of the session
 * @param attachment the number of the session's connection that this was sent on, from 1; witnesses of earlier ones may
 *     be gone
 */
public record Witness(String socket, long session, String secret, int attachment) {
    @Override
    public String toString() {
        return "Witness[" + socket + ", session " + session + ", attachment " + attachment + "]";
    }
}
