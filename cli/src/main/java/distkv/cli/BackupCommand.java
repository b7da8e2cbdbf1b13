package distkv.cli;

import distkv.model.Entry;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Copies the tree into a file. */
@Command(
        name = "backup",
        description = {
            "Copy the whole tree, as it is at one moment, into a file. The server goes on meanwhile.",
            "What dies with its writer anyway, runners' presence and claims, is left out."
        },
        footer = {"", "Examples:", "  distkv backup house.backup", "  distkv backup --data /var/lib/distkv house.backup"
        })
final class BackupCommand implements Action.Local {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private DataPlace place = new DataPlace();

    @Parameters(paramLabel = "FILE", description = "Where to; it is replaced when the copy is complete.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Override
    public int run(Context context) throws Exception {
        return place.with(context, Machine.name(), tree -> {
            List<Entry> entries = Backup.entries(tree);
            write(tree.name(), entries);
            context.printer().remark(entries.size() + " entries of " + tree.name() + " are in " + file);
            return 0;
        });
    }

    private void write(String tree, List<Entry> entries) {
        java.nio.file.Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (FileOutputStream target = new FileOutputStream(part.toFile());
                    OutputStream out = new BufferedOutputStream(target, 1 << 16)) {
                Backup.writeTo(out, tree, entries);
                out.flush();
                target.getFD().sync();
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new FailedException(file + " cannot be written: " + TextFile.reason(e), e);
        }
    }
}
