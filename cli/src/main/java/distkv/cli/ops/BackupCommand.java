package distkv.cli.ops;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.input.FailedException;
import distkv.cli.input.TextFile;
import distkv.cli.options.OutputOptions;
import distkv.client.AuthoredEntry;
import distkv.model.Entry;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Copies the tree into a file. */
@Command(
        name = "backup",
        description = {
            "Copy the whole tree, as it is at one moment, into a file. The server keeps running.",
            "Entries that end with their writer, the presence and claims of runners, are left out; the internal tree is"
                    + " included.",
            "The copy is read back before it replaces a file of that name. Only the owner of the file can read it."
        },
        footer = {"", "Examples:", "  distkv backup house.backup", "  distkv backup --data /var/lib/distkv house.backup"
        })
public final class BackupCommand implements CommandAction.Local {
    /** The file holds everything that the tree holds, secrets included. */
    private static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Parameters(paramLabel = "FILE", description = "The file; it is replaced when the copy is complete.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Override
    public int run(CommandContext context) throws Exception {
        return place.withExisting(context, tree -> {
            List<Entry> internal = BackupFile.internal(tree.client());
            List<AuthoredEntry> entries = BackupFile.entries(tree);
            write(tree.name(), internal, entries);
            context.printer()
                    .remark((entries.size() + internal.size()) + " entries of " + tree.name() + " are in " + file);
            return 0;
        });
    }

    /** Writes to another name first: only a copy that was read back replaces an existing file. */
    private void write(String tree, List<Entry> internal, List<AuthoredEntry> entries) {
        java.nio.file.Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            Files.createFile(part, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            try (FileOutputStream target = new FileOutputStream(part.toFile());
                    OutputStream out = new BufferedOutputStream(target, 1 << 16)) {
                BackupFile.writeTo(out, tree, internal, entries);
                out.flush();
                target.getFD().sync();
            }
            BackupFile copy = BackupFile.read(part);
            if (copy.entries().size() != entries.size() || copy.internal().size() != internal.size()) {
                throw new FailedException(file + " cannot be written: the copy has " + copy.size()
                        + " entries (expected: " + (entries.size() + internal.size()) + ")");
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            delete(part, e);
            throw new FailedException(file + " cannot be written: " + TextFile.reason(e), e);
        } catch (FailedException e) {
            delete(part, e);
            throw e;
        }
    }

    private static void delete(java.nio.file.Path part, Exception failure) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
