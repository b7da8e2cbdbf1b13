package distkv.cli.ops;

import distkv.cli.context.BatchWriter;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.options.OutputOptions;
import distkv.client.AuthoredEntry;
import distkv.client.Client;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Restores a tree from a backup. */
@Command(
        name = "restore",
        description = {
            "Fill an empty tree from a backup; with --replace, make any tree equal to it.",
            "The whole file is read before anything is written. Watchers see the entries one after another.",
            "The tree goes on knowing who had written the entries, which only an owner can have it record."
        },
        footer = {
            "",
            "Examples:",
            "  distkv restore house.backup",
            "  distkv restore --replace --data /var/lib/distkv house.backup"
        })
public final class RestoreCommand implements CommandAction.Local {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Option(
            names = {"--replace"},
            description = "Overwrite entries, and delete those that are not in the backup.")
    private boolean replace;

    @Parameters(paramLabel = "FILE", description = "A file that 'distkv backup' wrote.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Override
    public int run(CommandContext context) throws Exception {
        BackupFile backup = BackupFile.read(file);
        return place.with(context, backup.tree(), tree -> {
            long changed = restore(tree, backup);
            context.printer().remark(backup.size() + " entries restored, " + changed + " of them changed");
            return 0;
        });
    }

    private long restore(TreeClient tree, BackupFile backup) throws InterruptedException {
        Map<Path, Value> present = new HashMap<>();
        for (AuthoredEntry found : BackupFile.entries(tree)) {
            Value value = found.entry().value();
            if (value != null) {
                present.put(found.entry().path(), value);
            }
        }
        if (!present.isEmpty() && !replace) {
            throw new FailedException(
                            "the tree " + tree.name() + " has " + present.size() + " entries (expected: an empty tree)")
                    .withHint("--replace makes the tree equal to the backup");
        }
        BatchWriter batch = new BatchWriter(tree.client());
        for (Path path : present.keySet()) {
            if (!backup.entries().containsKey(path)) {
                batch.add(Write.delete(path, Expectation.anything()));
            }
        }
        for (Map.Entry<Path, Value> entry : backup.entries().entrySet()) {
            if (!entry.getValue().equals(present.get(entry.getKey()))) {
                String by = backup.authors().get(entry.getKey());
                batch.add(
                        Write.set(entry.getKey(), entry.getValue(), Expectation.anything()),
                        by == null ? null : new Origin(by));
            }
        }
        return batch.finish() + restoreInternal(tree.client(), backup.internal());
    }

    private static long restoreInternal(Client client, Map<Path, Value> internal) throws InterruptedException {
        long changed = 0;
        Map<Path, Value> missing = new LinkedHashMap<>(internal);
        for (Entry entry : BackupFile.internal(client)) {
            if (!internal.containsKey(entry.path())) {
                client.setInternal(entry.path(), null);
                changed++;
            } else if (internal.get(entry.path()).equals(entry.value())) {
                missing.remove(entry.path());
            }
        }
        for (Map.Entry<Path, Value> entry : missing.entrySet()) {
            client.setInternal(entry.getKey(), entry.getValue());
            changed++;
        }
        return changed;
    }
}
