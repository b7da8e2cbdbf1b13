package distkv.cli.copy;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.ServerLocator;
import distkv.cli.input.FailedException;
import distkv.cli.options.HelpOption;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.client.transport.Address;
import distkv.protocol.Etype;
import distkv.protocol.Request;
import distkv.server.ServerOptions;
import distkv.store.sqlite.CopyFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a copy the main server. */
@Command(
        name = "promote",
        description = {
            "Make the copy on this machine the main server, in a new epoch: clients that have seen it refuse the former"
                    + " main server, which refuses to serve as soon as it hears of it.",
            "What the former main server had acknowledged and the copy did not have yet is not part of the tree any"
                    + " more; 'distkv server --show-lost' lists it there."
        },
        footer = {"", "Example:", "  distkv promote"})
public final class PromoteCommand implements CommandAction.Local {
    private static final String ITS_MAIN_LIVES =
            "stop it first; --force promotes the copy although it lives, and it then refuses to serve";

    @Option(
            names = {"--data"},
            paramLabel = "DIR",
            description = "The data directory of the copy. Default: server.data, ~/.local/share/distkv.")
    private @Nullable Path data;

    @Option(
            names = {"--force"},
            description = "Even if the main server lives.")
    private boolean force;

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public int run(CommandContext context) throws InterruptedException {
        Path directory = context.dataDirectory(data);
        CopyFile.Identity copy = CopyFile.identity(directory);
        if (copy == null || copy.main().isEmpty()) {
            throw new FailedException("data directory " + directory
                            + " holds no copy (expected: that of 'distkv server --follow')")
                    .withHint("run it where the copy is, or name its directory with --data");
        }
        String socket = context.config().text("server.socket");
        Path there = socket == null || socket.equals("none")
                ? directory.toAbsolutePath().resolve(ServerOptions.SOCKET)
                : Path.of(socket);
        if (!Files.exists(there) || !promoteRunning(context, ClientOptions.of(new Address.Unix(there)))) {
            promoteFile(context, directory, copy);
        }
        context.printer().remark("next: start it without --follow from now on");
        return 0;
    }

    /** Asks the server that has the copy; false if there is none. */
    private boolean promoteRunning(CommandContext context, ClientOptions server) throws InterruptedException {
        try (Client client = Client.connect(server)) {
            client.call(false, seq -> new Request.PromoteCopy(seq, force));
            context.printer().remark("promoted: the copy is the main server now");
            return true;
        } catch (ServerConnectionException e) {
            return false;
        } catch (ClientException e) {
            FailedException failed = new FailedException(String.valueOf(e.getMessage()), e);
            throw e.etype() == Etype.REFUSED ? failed.withHint(ITS_MAIN_LIVES) : failed;
        }
    }

    private void promoteFile(CommandContext context, Path directory, CopyFile.Identity copy)
            throws InterruptedException {
        MainServer main = new MainServer(ServerLocator.withLogIn(context, copy.main()));
        if (!force && isAlive(main)) {
            throw new FailedException("the main server " + main.address() + " lives (expected: one that is stopped)")
                    .withHint(ITS_MAIN_LIVES);
        }
        context.printer()
                .remark("promoted: epoch " + CopyFile.promote(directory)
                        + "; 'distkv server' serves it as the main server");
    }

    private static boolean isAlive(MainServer main) throws InterruptedException {
        try {
            main.standing();
            return true;
        } catch (ServerConnectionException e) {
            return false;
        }
    }
}
