package distkv.cli.login;

import distkv.access.Token;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.ServerLocator;
import distkv.cli.input.FailedException;
import distkv.cli.options.HelpOption;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.login.ClientCredentials;
import distkv.client.login.CredentialsFile;
import distkv.protocol.Request;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Logs out of a server. */
@Command(
        name = "logout",
        description = "Log out of a server: revoke the token that 'distkv login' has made, and forget it.",
        footer = {"", "Example:", "  distkv logout tls://attic"})
public final class LogoutCommand implements CommandAction.Local {
    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(
            paramLabel = "HOST",
            arity = "0..1",
            description = "The server, as 'distkv login' was given it. Default: connect.host, localhost.")
    private @Nullable String host;

    @Override
    public int run(CommandContext context) throws Exception {
        ClientOptions options = ServerLocator.at(context, host);
        CredentialsFile file = CredentialsFile.of(context.terminal().environment());
        ClientCredentials known = file.find(options.address());
        if (known == null) {
            throw new FailedException("not logged in to " + options.address() + " (expected: a server that '"
                    + "distkv login' was given)");
        }
        String trouble = drop(options.withCredentials(known), known);
        file.remove(options.address());
        context.printer().remark("logged out of " + options.address());
        if (trouble != null) {
            context.printer()
                    .warning(
                            "the token is forgotten here, but not revoked: " + trouble,
                            "'distkv token revoke' does it");
        }
        return 0;
    }

    /** Revokes a token by itself. Returns why that was not possible, or {@code null}. */
    static @Nullable String drop(ClientOptions options, ClientCredentials known) throws InterruptedException {
        if (!(known instanceof ClientCredentials.ByToken(String secret))) {
            return null;
        }
        try (Client client = Client.connect(options)) {
            client.call(true, seq -> new Request.DropToken(seq, Token.id(secret)));
            return null;
        } catch (ClientException e) {
            return e.getMessage();
        }
    }
}
