package distkv.client.node;

import distkv.client.ClientOptions;
import distkv.client.transport.Address;
import distkv.client.transport.TlsSettings;
import distkv.protocol.tls.Fingerprint;
import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * This machine as a node, as {@code distkv join} has written it to {@value #FILE} in the configuration directory: some
 * lines, then the key, the certificate, and that of the authority. It is one file, so it is always replaced as a whole.
 *
 * @param file where that is
 * @param server which the machine has joined
 * @param name of the node
 * @param groups whose jobs it is to run
 * @param labels what it has
 * @param authority that has signed the certificates of the server and of the node
 */
public record JoinedNode(
        Path file, Address.Tls server, String name, List<String> groups, List<String> labels, Fingerprint authority) {
    private static final String FILE = "node.pem";
    private static final String COMMENT = "# This machine as a node, made by 'distkv join'. Keep it secret.\n";

    /**
     * A name that every server's certificate has. The authority vouches for one server only, so that server may have any
     * address.
     */
    private static final String SERVER_NAME = "localhost";

    public JoinedNode {
        groups = List.copyOf(groups);
        labels = List.copyOf(labels);
    }

    /** The directory of the user's configuration. */
    public static Path directory(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("HOME", "/"), ".config", "distkv");
    }

    /** Where this machine as a node is written, or will be. */
    public static Path file(Map<String, String> environment) {
        return directory(environment).resolve(FILE);
    }

    /**
     * Finds this machine as a node; {@code null} if it has not joined, or if this process may not know.
     *
     * @throws IOException if the file is damaged; the message names it
     */
    public static @Nullable JoinedNode find(Map<String, String> environment) throws IOException {
        Path file = file(environment);
        try {
            return read(file, Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException | AccessDeniedException e) {
            return null;
        }
    }

    private static JoinedNode read(Path file, String text) throws IOException {
        List<String> groups = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        String server = "";
        String name = "";
        String authority = "";
        for (String line : text.split("\n-----BEGIN", 2)[0].split("\n", -1)) {
            String[] pair = line.split(" ", 2);
            String value = pair.length == 2 ? pair[1] : "";
            switch (pair[0]) {
                case "server" -> server = value;
                case "node" -> name = value;
                case "group" -> groups.add(value);
                case "label" -> labels.add(value);
                case "authority" -> authority = value;
                default -> {
                    // A comment, or what a later version has added.
                }
            }
        }
        try {
            if (!name.isEmpty() && Address.of(server, ClientOptions.DEFAULT_PORT) instanceof Address.Tls address) {
                return new JoinedNode(file, address, name, groups, labels, Fingerprint.parse(authority));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(damaged(file), e);
        }
        throw new IOException(damaged(file));
    }

    private static String damaged(Path file) {
        return file + ": damaged (expected: a file that 'distkv join' has written)";
    }

    /**
     * Writes it.
     *
     * @param certificates that of the node, then that of the authority
     */
    public void save(PrivateKey key, List<X509Certificate> certificates) throws IOException {
        StringBuilder lines = new StringBuilder(COMMENT);
        lines.append("server ").append(server).append("\nnode ").append(name).append('\n');
        groups.forEach(group -> lines.append("group ").append(group).append('\n'));
        labels.forEach(label -> lines.append("label ").append(label).append('\n'));
        lines.append("authority ").append(authority).append('\n');
        makeDirectory(file);
        PemFile.write(file, lines.toString(), key, certificates);
    }

    /** Makes the directory of a file, which only its owner may enter. */
    public static void makeDirectory(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** The certificate that the node has now. */
    public X509Certificate certificate() throws IOException {
        return PemFile.certificates(file).getFirst();
    }

    /** How its clients connect: with its certificate, to a server of the authority. */
    public TlsSettings tls() {
        return trust().withCertificate(file, file);
    }

    /** How to know its server, for clients that log in by other means. */
    public TlsSettings trust() {
        return TlsSettings.trusting(authority).forName(SERVER_NAME);
    }

    /** The options of a client of its server. */
    public ClientOptions options() {
        return ClientOptions.of(server).withTls(tls()).withName(name);
    }
}
