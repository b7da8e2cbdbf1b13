package distkv.cli.join;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.JobScope;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ServerAddress;
import distkv.client.ClientException;
import distkv.client.ServerConnectionException;
import distkv.client.transport.Address;
import distkv.protocol.Etype;
import distkv.protocol.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Invites a machine to join. */
@Command(
        name = "invite",
        description = {
            "Print the command that makes another machine a node of this server. It works once.",
            "The server needs --tls auto, and an address that the other machine reaches."
        },
        footer = {
            "",
            "Examples:",
            "  distkv node invite attic",
            "  distkv node invite attic -g house --label gpio --expires 10m"
        })
public final class NodeInvite implements CommandAction.Local {
    private static final Pattern LIFE = Pattern.compile("(\\d{1,6})([smhd])");

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ServerAddress server = new ServerAddress();

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "A group whose jobs the node is to run. May be given several times. Default: default.")
    private List<String> groups = new ArrayList<>();

    @Option(
            names = {"--label"},
            paramLabel = "TEXT",
            description = "Something that the node has, for jobs that ask for it with --where. May be given several"
                    + " times.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = {"--expires"},
            paramLabel = "TIME",
            description = "For how long the command works: a number and s, m, h or d, at most 30d. Default: 1h.")
    private String expires = "1h";

    @Option(
            names = {"--address"},
            paramLabel = "HOST[:PORT]",
            description = "How the other machine reaches the server, if that is not the address which the server"
                    + " thinks.")
    private @Nullable String address;

    @Parameters(paramLabel = "NAME", description = "The name of the node.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws InterruptedException {
        Duration life = life(expires);
        List<String> wanted = groups.isEmpty() ? List.of(JobScope.DEFAULT_GROUP) : groups;
        try (TreeClient tree = TreeClient.connect(context.with(server.applyTo(context.config())))) {
            String where = address == null ? reached(tree) : address;
            Map<?, ?> made = invite(tree, wanted, life, where);
            if (Boolean.TRUE.equals(made.get("known"))) {
                context.printer()
                        .warning(name + " has joined already; the machine that joins with this takes its place");
            }
            context.printer().progress("On " + name + ", within " + expires + ":");
            context.printer().line("distkv join " + made.get("address") + " " + made.get("code"));
        }
        return 0;
    }

    private Map<?, ?> invite(TreeClient tree, List<String> wanted, Duration life, @Nullable String where)
            throws InterruptedException {
        try {
            Map<?, ?> made = tree.client()
                    .call(true, seq -> new Request.InviteNode(seq, name, wanted, labels, life, where))
                    .fields();
            if (made.isEmpty()) {
                throw new FailedException("node invite: an answer that is none (expected: a code)");
            }
            return made;
        } catch (ServerConnectionException e) {
            throw e;
        } catch (ClientException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e)
                    .withHint(
                            e.etype() == Etype.REFUSED
                                    ? "start the server with 'distkv server --bind 0.0.0.0:27586 --tls auto'; or, for"
                                            + " a tunnel to a server with TLS, use --address HOST:PORT"
                                    : null);
        }
    }

    /** The address by which this client reaches the server, if others may use it, too. */
    private static @Nullable String reached(TreeClient tree) {
        return tree.server().server() instanceof Address.Tls at && !isOfThisMachine(at.host())
                ? at.toString().substring(Address.TLS.length())
                : null;
    }

    private static boolean isOfThisMachine(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    static Duration life(String text) {
        Matcher parts = LIFE.matcher(text);
        if (parts.matches()) {
            long number = Long.parseLong(parts.group(1));
            Duration life = switch (parts.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
            if (life.isPositive() && life.compareTo(Duration.ofDays(30)) <= 0) {
                return life;
            }
        }
        throw new UsageException("--expires " + text + " (expected: a number and s, m, h or d, at most 30d)");
    }
}
