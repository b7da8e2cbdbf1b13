package distkv.client;

import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A log-in by a code, which somebody who is logged in elsewhere approves. Each question is asked on a connection of its own,
 * since a server does not keep those that are not logged in.
 *
 * @param code what the approver types
 * @param secret what belongs to it; nobody else may know it
 * @param life for how long the code can be approved
 */
public record CodeLogIn(ClientOptions options, String code, String secret, Duration life) {
    /**
     * Asks for a code.
     *
     * @param client what the approver is told about this client
     */
    public static CodeLogIn begin(ClientOptions options, String client) throws InterruptedException {
        ServerConnection connection = ServerConnection.openAsNobody(options);
        try {
            Reply reply = connection.call(false, seq -> new Request.AskForCode(seq, client));
            if (reply instanceof Reply.Result(Seq _, Value result, long _)
                    && Values.decode(result) instanceof Map<?, ?> map
                    && map.get("code") instanceof String code
                    && map.get("secret") instanceof String secret
                    && map.get("ttl") instanceof Number seconds) {
                return new CodeLogIn(options, code, secret, Duration.ofSeconds(seconds.longValue()));
            }
            throw new ClientException(Etype.OTHER, "auth_code: reply " + reply + " (expected: code, secret, ttl)");
        } finally {
            connection.close("the code is there");
        }
    }

    /**
     * Logs in if the code is approved, and keeps a token, which logs in from then on.
     *
     * @param keep the request that keeps it
     * @return the name of the user, or {@code null} if nobody has decided yet
     * @throws LogInException if the code was refused or is too old
     */
    public @Nullable String finish(Function<Seq, Request> keep) throws InterruptedException {
        ServerConnection connection = ServerConnection.openAsNobody(options);
        try {
            Reply reply =
                    connection.answer(seq -> new Request.LogIn(seq, "code", "", new Request.Secret(secret, null)));
            if (reply instanceof Reply.Failed failed) {
                if (failed.etype() == Etype.NOT_YET) {
                    return null;
                }
                throw LogInException.refused(options, "code " + code, failed);
            }
            connection.call(true, keep);
            return connection.call(false, Request.WhoAmI::new) instanceof Reply.Result(Seq _, Value result, long _)
                            && Values.decode(result) instanceof Map<?, ?> map
                    ? String.valueOf(map.get("name"))
                    : "";
        } finally {
            connection.close("asked");
        }
    }
}
