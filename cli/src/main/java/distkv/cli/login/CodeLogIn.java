package distkv.cli.login;

import distkv.cli.input.FailedException;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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
record CodeLogIn(ClientOptions options, String code, String secret, Duration life) {
    /**
     * Asks for a code.
     *
     * @param client what the approver is told about this client
     */
    static CodeLogIn begin(ClientOptions options, String client) throws InterruptedException {
        Map<?, ?> result = Client.asNobody(
                        options, server -> checked(server.ask(seq -> new Request.AskForCode(seq, client))))
                .fields();
        return new CodeLogIn(
                options,
                String.valueOf(result.get("code")),
                String.valueOf(result.get("secret")),
                Duration.ofSeconds(result.get("ttl") instanceof Number seconds ? seconds.longValue() : 0));
    }

    /**
     * Logs in if the code is approved, and keeps a token, which logs in from then on.
     *
     * @param keep the request that keeps it
     * @return the name of the user, or {@code null} if nobody has decided yet
     */
    @Nullable
    String finish(Function<Seq, Request> keep) throws InterruptedException {
        return Client.<Optional<String>>asNobody(options, server -> {
                    Reply reply =
                            server.ask(seq -> new Request.LogIn(seq, "code", "", new Request.Secret(secret, null)));
                    if (reply instanceof Reply.Failed failed && failed.etype() == Etype.NOT_YET) {
                        return Optional.empty();
                    }
                    checked(reply);
                    checked(server.ask(keep));
                    return Optional.of(String.valueOf(
                            checked(server.ask(Request.WhoAmI::new)).fields().get("name")));
                })
                .orElse(null);
    }

    private static Reply checked(Reply reply) {
        if (reply instanceof Reply.Failed failed) {
            throw new FailedException(failed.text());
        }
        return reply;
    }
}
