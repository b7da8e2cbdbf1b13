package distkv.cli.join;

import distkv.access.JoinCode;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.HelpOption;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.client.node.CertificateRequests;
import distkv.client.node.JoinedNode;
import distkv.client.transport.Address;
import distkv.protocol.Etype;
import distkv.protocol.tls.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes this machine a node of a server. */
@Command(
        name = "join",
        description = {
            "Make this machine a node of the server at HOST:PORT. 'distkv node invite NAME', where the server runs, prints"
                    + " this command.",
            "From then on, commands and clients of this user talk to that server, as this node."
        },
        footer = {"", "Example:", "  distkv join attic.example.org:27586 AV8c…"})
public final class JoinCommand implements CommandAction.Local {
    private static final String NEW_CODE = "'distkv node invite NAME', where the server runs, prints a new one";

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "HOST:PORT", description = "Where the server is.")
    private String server = "";

    @Parameters(index = "1", paramLabel = "CODE", description = "What the server's owner has been given.")
    private String code = "";

    @Override
    public int run(CommandContext context) throws IOException, InterruptedException {
        JoinCode invited = parsed(code);
        Address.Tls address = address();
        Map<String, String> environment = context.terminal().environment();
        Path file = JoinedNode.file(environment);
        PendingKey key = PendingKey.of(JoinedNode.directory(environment), invited.id());
        // What is known of the server before it has answered: its authority.
        JoinedNode stranger = new JoinedNode(file, address, "join", List.of(), List.of(), invited.authority());
        CertificateRequests.Issued issued = join(stranger, invited, key, context);
        JoinedNode node = new JoinedNode(
                file, address, issued.node(), issued.groups(), issued.labels(), Fingerprint.of(issued.authority()));
        if (!node.authority().equals(invited.authority())) {
            throw new FailedException("the certificate is signed by another authority (expected: " + invited.authority()
                    + ", as the code says)");
        }
        node.save(key.pair().getPrivate(), List.of(issued.certificate(), issued.authority()));
        key.delete();
        context.printer().remark(joined(node));
        context.printer()
                .remark("next: 'distkv client run all' runs its jobs here; 'distkv install' does so at each boot");
        return 0;
    }

    private static String joined(JoinedNode node) {
        return "This machine is now " + node.name() + ", a node of " + node.server() + ", for the jobs of "
                + (node.groups().size() == 1 ? "group " : "groups ") + String.join(", ", node.groups())
                + (node.labels().isEmpty() ? "." : ", with " + String.join(", ", node.labels()) + ".");
    }

    private static JoinCode parsed(String code) {
        try {
            return JoinCode.parse(code);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e).withHint("copy the whole line; or " + NEW_CODE);
        }
    }

    private Address.Tls address() {
        try {
            String whole = server.startsWith(Address.TLS) ? server : Address.TLS + server;
            if (Address.of(whole, ClientOptions.DEFAULT_PORT) instanceof Address.Tls tls) {
                return tls;
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException(wrongAddress(), e);
        }
        throw new UsageException(wrongAddress());
    }

    private String wrongAddress() {
        return "server: " + server + " (expected: HOST:PORT with a port from 1 to 65535)";
    }

    private CertificateRequests.Issued join(
            JoinedNode stranger, JoinCode invited, PendingKey key, CommandContext context)
            throws IOException, InterruptedException {
        ClientOptions options = ClientOptions.of(stranger.server())
                .withTls(stranger.trust())
                .withConnectTimeout(context.config().seconds("connect.init_timeout"))
                .withPlatformThreads();
        try {
            return CertificateRequests.join(
                    options, invited.credential(), key.pair().getPublic());
        } catch (ServerConnectionException e) {
            String text = String.valueOf(e.getMessage());
            throw new FailedException(text, e)
                    .withHint(
                            text.contains("fingerprint")
                                    ? "either HOST:PORT is not the server that has made the code, or somebody stands"
                                            + " between; " + NEW_CODE
                                    : "nothing is lost: try the same command again");
        } catch (ClientException e) {
            if (e.etype() == Etype.ACCESS) {
                key.delete();
            }
            throw new FailedException(String.valueOf(e.getMessage()), e)
                    .withHint(e.etype() == Etype.ACCESS ? NEW_CODE : "nothing is lost: try the same command again");
        }
    }
}
