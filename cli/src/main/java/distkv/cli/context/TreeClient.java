package distkv.cli.context;

import distkv.cli.config.Config;
import distkv.cli.input.FailedException;
import distkv.client.AuthoredEntry;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.ConflictException;
import distkv.client.LogInException;
import distkv.client.Monitor;
import distkv.client.ServerConnectionException;
import distkv.client.Watch;
import distkv.client.WatchOptions;
import distkv.client.node.CertificateRenewal;
import distkv.client.node.JoinedNode;
import distkv.client.transport.Address;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.protocol.Values;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The tree of a server, as commands use it: contents are decoded, and errors have hints. */
public record TreeClient(Client client, Config config) implements AutoCloseable {
    private static final int ATTEMPTS = 100;
    private static final System.Logger LOG = System.getLogger(TreeClient.class.getName());

    /** A completed write. */
    public record Written(long tick) {}

    /** Connects to the configured server, or to the one on this machine. */
    public static TreeClient connect(CommandContext context) throws InterruptedException {
        List<ClientOptions> candidates = ServerLocator.candidates(context);
        for (ClientOptions candidate : candidates.subList(0, candidates.size() - 1)) {
            try {
                return new TreeClient(connect(candidate, null), context.config());
            } catch (ServerConnectionException e) {
                LOG.log(System.Logger.Level.DEBUG, e.getMessage());
            }
        }
        ClientOptions last = candidates.getLast();
        JoinedNode node = ServerLocator.node(context);
        try {
            TreeClient connected = new TreeClient(connect(last, node), context.config());
            connected.renewCertificate(node);
            return connected;
        } catch (ServerConnectionException e) {
            String reason = String.valueOf(e.getMessage());
            boolean isCertificate = reason.contains("certificate") || reason.contains("fingerprint");
            throw new FailedException("no server at " + last.address() + " (" + reason + ")", e)
                    .withHint(
                            node != null && isCertificate
                                    ? joinAgain(node)
                                    : "start one with 'distkv server' or 'distkv up', or name another with -h and -p");
        }
    }

    private static String joinAgain(JoinedNode node) {
        return "'distkv node invite " + node.name() + "', where the server runs, prints the command that lets it join"
                + " again; without " + node.file() + " it has left";
    }

    /** Keeps this machine a node, also if there is no runner that does. */
    private void renewCertificate(@Nullable JoinedNode node) throws InterruptedException {
        if (node != null) {
            try {
                CertificateRenewal.renewIfDue(node, client, Instant.now());
            } catch (IOException | ClientException | IllegalStateException e) {
                LOG.log(System.Logger.Level.DEBUG, "the certificate is not renewed yet: {0}", e.getMessage());
            }
        }
    }

    private static Client connect(ClientOptions options, @Nullable JoinedNode node) throws InterruptedException {
        try {
            return Client.connect(options);
        } catch (LogInException e) {
            if (node != null && options.credentials() == null) {
                throw new FailedException("this machine is not node " + node.name() + " any more: " + e.getMessage(), e)
                        .withHint(joinAgain(node));
            }
            String user = isNearby(options.server())
                    ? "; the server's own user needs none of this: -h unix:DATA/distkv.sock, or no -h and -p"
                    : "";
            throw new FailedException(String.valueOf(e.getMessage()), e)
                    .withHint("log in with 'distkv login " + options.address()
                            + "', or set DISTKV_TOKEN, or DISTKV_USER and DISTKV_PASSWORD" + user);
        }
    }

    private static boolean isNearby(Address server) {
        String host = switch (server) {
            case Address.Tcp(String name, int _) -> name;
            case Address.Tls(String name, int _) -> name;
            case Address.Unix _ -> "";
        };
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    /** How the server was reached. */
    public ClientOptions server() {
        return client.options();
    }

    public String name() {
        return client.treeName();
    }

    @Nullable
    public Entry read(Path path) throws InterruptedException {
        return client.get(path);
    }

    /** The same, with who wrote it. */
    public @Nullable AuthoredEntry readWithAuthor(Path path) throws InterruptedException {
        return client.getWithAuthor(path);
    }

    /** As {@link #below}, with who wrote each entry. */
    public List<AuthoredEntry> belowWithAuthors(Path path, int least, int most) throws InterruptedException {
        return client.treeWithAuthors(path, new Depths(least, most < 0 ? Integer.MAX_VALUE : most), true);
    }

    /** The entries of a subtree at these depths, parents first; {@code most} is -1 for all. */
    public List<Entry> below(Path path, int least, int most) throws InterruptedException {
        return client.tree(path, new Depths(least, most < 0 ? Integer.MAX_VALUE : most));
    }

    /** The names directly below a path, also those without a value that have entries below them. */
    public List<Path> children(Path path) throws InterruptedException {
        return client.children(path).stream().map(Path::of).sorted().toList();
    }

    public Written write(Path path, EntryContent content, Expectation expected) throws InterruptedException {
        try {
            return new Written(
                    content.present()
                            ? client.set(path, Values.encode(content.value()), expected)
                            : client.delete(path, expected));
        } catch (ConflictException e) {
            throw conflict(path, expected, e);
        }
    }

    private FailedException conflict(Path path, Expectation expected, ConflictException e) {
        String found = e.tick() == null ? "is not there" : "was last changed by " + name() + " " + e.tick();
        return switch (expected) {
            case Expectation.Absent() ->
                new FailedException(path + " exists already (expected: no such entry)", e)
                        .withHint("without --new, it is changed");
            case Expectation.At(long tick) ->
                new FailedException(path + " " + found + " (expected: " + name() + " " + tick + ")", e)
                        .withHint("read it again");
            case Expectation.Anything() -> new FailedException(path + ": " + e.getMessage(), e);
        };
    }

    /** Changes an entry without losing anybody else's change: repeats the change of the content until nothing interferes. */
    public Written change(Path path, UnaryOperator<EntryContent> change) throws InterruptedException {
        ConflictException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Entry entry = read(path);
            Expectation expected = entry == null ? Expectation.absent() : Expectation.at(entry.tick());
            EntryContent content = change.apply(EntryContent.of(entry));
            try {
                return new Written(
                        content.present()
                                ? client.set(path, Values.encode(content.value()), expected)
                                : client.delete(path, expected));
            } catch (ConflictException e) {
                last = e;
            }
        }
        throw new FailedException(
                        path + ": others changed it at each of " + ATTEMPTS + " attempts", Objects.requireNonNull(last))
                .withHint("try again");
    }

    /** Deletes an entry and all below it; returns how many there were. */
    public long deleteTree(Path path) throws InterruptedException {
        return client.deleteTree(path);
    }

    /** Follows a subtree. */
    public Watch watch(Path path, boolean fetch, int most) throws InterruptedException {
        WatchOptions options = fetch ? WatchOptions.FETCH : WatchOptions.CHANGES;
        return client.watch(path, most < 0 ? options : options.at(new Depths(0, most)));
    }

    /** Receives the messages of a topic. */
    public Monitor monitor(List<String> topic) throws InterruptedException {
        return client.monitor(topic);
    }

    @Override
    public void close() {
        client.close();
    }
}
