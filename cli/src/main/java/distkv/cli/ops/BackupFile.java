package distkv.cli.ops;

import distkv.cli.context.TreeClient;
import distkv.cli.input.EntryFile;
import distkv.cli.input.FailedException;
import distkv.cli.input.TextFile;
import distkv.client.AuthoredEntry;
import distkv.client.Client;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.MsgWriter;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import distkv.schema.Prefixes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a tree: an {@link EntryFile} that begins with {@code {backup: 1, tree}}, has the entries of the internal tree
 * as {@code {internal: path, value}}, the others as {@code {path, value, by}}, and ends with {@code {end: count, sha256}}, so that a truncated or
 * corrupted file is noticed. The hash is that of all bytes before the end; backups of version 0.1.0 had none.
 *
 * @param tree the tree's name
 * @param entries in the order of the file
 * @param internal the entries of the internal tree, with their paths below its top
 * @param authors who wrote those of the entries of which that is known
 */
public record BackupFile(String tree, Map<Path, Value> entries, Map<Path, Value> internal, Map<Path, String> authors) {
    private static final long VERSION = 1;

    /** What the server itself keeps in the internal tree: sessions, which do not outlive their holders. */
    private static final Path OWN = Path.of(".distkv");

    /** The entries of the internal tree that belong in a backup, with their paths below its top. */
    public static List<Entry> internal(Client client) throws InterruptedException {
        return client.internalTree().stream()
                .filter(entry -> !entry.path().startsWith(OWN))
                .toList();
    }

    /** The entries that belong in a backup, parents first, siblings in the order of their creation. */
    static List<AuthoredEntry> entries(TreeClient tree) throws InterruptedException {
        Prefixes prefixes = tree.config().prefixes();
        return tree.client().treeWithAuthors(Path.ROOT, Depths.ALL, false).stream()
                .filter(found -> !prefixes.isTransient(found.entry().path()))
                .toList();
    }

    /** How many entries it has, those of the internal tree included. */
    int size() {
        return entries.size() + internal.size();
    }

    static void writeTo(OutputStream target, String tree, List<Entry> internal, List<AuthoredEntry> entries)
            throws IOException {
        MessageDigest sum = sha256();
        OutputStream out = new DigestOutputStream(target, sum);
        MsgWriter writer = new MsgWriter();
        writer.map(2).text("backup").number(VERSION).text("tree").text(tree);
        long count = 0;
        for (Entry entry : internal) {
            count += write(writer.map(3).text("internal").value(Values.encode(entry.path())), entry, out);
        }
        for (AuthoredEntry found : entries) {
            Origin origin = found.origin();
            writer.map(origin == null ? 3 : 4).text("path");
            WirePath.write(writer, found.entry().path());
            if (origin != null) {
                writer.text("by").text(origin.by());
            }
            count += write(writer, found.entry(), out);
        }
        writer.drainTo(out);
        target.write(end(count, sum.digest()));
    }

    private static int write(MsgWriter writer, Entry entry, OutputStream out) throws IOException {
        Value value = Objects.requireNonNull(entry.value(), "a tree has no deletions");
        writer.text("value").value(value).text("tock").number(entry.tick());
        writer.drainTo(out);
        return 1;
    }

    private static byte[] end(long count, byte[] sum) {
        return new MsgWriter()
                .map(2)
                .text("end")
                .number(count)
                .text("sha256")
                .bytes(sum)
                .toByteArray();
    }

    /** Reads a whole backup; a damaged or truncated one is refused. */
    static BackupFile read(java.nio.file.Path file) {
        Map<Path, Value> entries = new LinkedHashMap<>();
        Map<Path, Value> internal = new LinkedHashMap<>();
        Map<Path, String> authors = new HashMap<>();
        try (EntryFile items = new EntryFile(file)) {
            EntryFile.Item head = items.next();
            if (head == null || !Long.valueOf(VERSION).equals(head.rest().get("backup"))) {
                throw new FailedException(file + " is not a backup (expected: a file that 'distkv backup' wrote)");
            }
            while (true) {
                EntryFile.Item item = items.next();
                long count = entries.size() + (long) internal.size();
                if (item == null) {
                    throw new FailedException(file + " is cut off after " + count + " entries");
                } else if (item.path() != null && item.value() != null) {
                    entries.put(item.path(), item.value());
                    if (item.rest().get("by") instanceof String by) {
                        authors.put(item.path(), by);
                    }
                } else if (item.rest().get("internal") instanceof Path path && item.value() != null) {
                    internal.put(path, item.value());
                } else if (Long.valueOf(count).equals(item.rest().get("end"))) {
                    checkSum(file, count, item.rest().get("sha256"));
                    return new BackupFile(String.valueOf(head.rest().get("tree")), entries, internal, authors);
                } else {
                    throw new FailedException(file + " is damaged after " + count + " entries");
                }
            }
        }
    }

    /** Refuses a file whose bytes have changed since it was written. */
    private static void checkSum(java.nio.file.Path file, long count, @Nullable Object sum) {
        if (sum == null) {
            return;
        }
        byte[] expected = sum instanceof byte[] bytes ? bytes : new byte[0];
        MessageDigest actual = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            long left = Files.size(file) - end(count, expected).length;
            byte[] buffer = new byte[1 << 16];
            for (int n = 0; n >= 0 && left > 0; left -= Math.max(n, 0)) {
                n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                actual.update(buffer, 0, Math.max(n, 0));
            }
        } catch (IOException e) {
            throw new FailedException(file + " cannot be read: " + TextFile.reason(e), e);
        }
        if (!Arrays.equals(expected, actual.digest())) {
            throw new FailedException(file + " is damaged: its bytes are not those that were written (expected: the"
                    + " SHA-256 at its end)");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
