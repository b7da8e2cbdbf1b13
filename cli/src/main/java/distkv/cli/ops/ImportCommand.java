package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.BatchWriter;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports a tree of the original. */
@Command(
        name = "import",
        description = {
            "Import what a server of the original has saved: data, stored code, jobs and their states, errors.",
            "The file is one that 'distkv client log save' or 'log dest' of DistKV 0.65 or moat-kv 0.71 wrote. It is read"
                    + " completely before anything is written, and can be imported again after an interruption.",
            "At the end, the command prints what was written, and what cannot be imported."
        },
        footer = {
            "",
            "Examples:",
            "  distkv import house.save",
            "  distkv import --moat house.save",
            "  distkv import --data /var/lib/distkv --replace house.log"
        })
public final class ImportCommand implements CommandAction.Local {
    /** Progress is printed after this many entries. */
    private static final int PROGRESS = 10_000;

    /** Why the entries of the internal tree of an original server are not imported, by their first path element. */
    private static final Map<String, String> LEFT = Map.of(
            "type", "types: our server takes any value",
            "match", "which type is where: our server takes any value",
            "codec", "codecs: every client gets values as they are stored",
            "conv", "which codec is where: every client gets values as they are stored",
            "acl", "access lists: our server has roles and users instead",
            "auth", "users: distkv user add NAME adds them here",
            "actor", "what servers agree on among themselves",
            "del", "what servers agree on among themselves");

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Option(
            names = {"--moat"},
            description = "The file is moat-kv's: put its code, jobs, states and errors where the configuration has"
                    + " those.")
    private boolean moat;

    @Option(
            names = {"--map"},
            paramLabel = "FROM=TO",
            description = "Put what is at or below one path below another.")
    private List<String> maps = new ArrayList<>();

    @Option(
            names = {"--replace"},
            description = "Overwrite entries that have other values.")
    private boolean replace;

    @Parameters(paramLabel = "FILE", description = "A file that a server of the original has saved.")
    private java.nio.file.Path file = java.nio.file.Path.of("");

    @Override
    public int run(CommandContext context) throws Exception {
        PrefixMap map = map(context.config());
        OriginalSaveFile saved = OriginalSaveFile.read(file);
        return place.with(context, HostName.name(), tree -> {
            Map<Path, @Nullable Value> changes = changes(tree, saved, map);
            long deletions =
                    changes.values().stream().filter(value -> value == null).count();
            write(tree, changes, context.printer());
            Map<String, @Nullable Object> summary = new LinkedHashMap<>();
            summary.put("written", changes.size() - deletions);
            summary.put("deleted", deletions);
            summary.put("unchanged", (long) saved.entries().size() - changes.size());
            summary.put("not carried over", left(saved));
            context.printer().document(summary);
            warn(context, saved, map);
            return 0;
        });
    }

    private PrefixMap map(Config config) {
        Map<Path, Path> moves = new LinkedHashMap<>(moat ? PrefixMap.ofMoat(config) : Map.of());
        for (String text : maps) {
            int sign = text.indexOf('=');
            try {
                moves.put(Path.parse(text.substring(0, Math.max(sign, 0))), Path.parse(text.substring(sign + 1)));
            } catch (IllegalArgumentException e) {
                throw new UsageException("--map " + text + " (expected: two paths, as :.moat.kv=:.distkv)", e);
            }
        }
        return new PrefixMap(moves);
    }

    /** The writes that make the tree hold what the file holds; {@code null} deletes. */
    private Map<Path, @Nullable Value> changes(TreeClient tree, OriginalSaveFile saved, PrefixMap map)
            throws InterruptedException {
        Map<Path, Value> present = new HashMap<>();
        for (Entry entry : tree.below(Path.ROOT, 0, -1)) {
            if (entry.value() != null) {
                present.put(entry.path(), entry.value());
            }
        }
        Map<Path, @Nullable Value> changes = new LinkedHashMap<>();
        List<Path> others = new ArrayList<>();
        saved.entries().forEach((from, value) -> {
            Path path = map.path(from);
            Value wanted = value == null ? null : map.value(value);
            Value there = present.get(path);
            if (wanted == null ? there != null : !wanted.equals(there)) {
                changes.put(path, wanted);
                if (there != null) {
                    others.add(path);
                }
            }
        });
        if (!others.isEmpty() && !replace) {
            throw new FailedException(others.size() + " entries of the tree have other values in " + file + ", for"
                            + " example " + others.getFirst())
                    .withHint("--replace overwrites them");
        }
        return changes;
    }

    private static void write(TreeClient tree, Map<Path, @Nullable Value> changes, Printer printer)
            throws InterruptedException {
        BatchWriter batch = new BatchWriter(tree.client());
        int count = 0;
        for (Map.Entry<Path, @Nullable Value> change : changes.entrySet()) {
            Value value = change.getValue();
            batch.add(
                    value == null
                            ? Write.delete(change.getKey(), Expectation.anything())
                            : Write.set(change.getKey(), value, Expectation.anything()));
            if (++count % PROGRESS == 0) {
                printer.progress(count + " of " + changes.size() + " entries written");
            }
        }
        batch.finish();
    }

    /** What is not imported: how many entries of each kind, where they are in the internal tree, and why. */
    private static List<Map<String, Object>> left(OriginalSaveFile saved) {
        Map<String, Long> counts = new TreeMap<>();
        for (Path path : saved.internal()) {
            String kind = path.isRoot() ? "" : String.valueOf(path.elements().getFirst());
            counts.merge(kind, 1L, Long::sum);
        }
        List<Map<String, Object>> left = new ArrayList<>();
        counts.forEach((kind, count) -> {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("what", LEFT.getOrDefault(kind, "internal data of the original's server"));
            item.put("where", Path.of(Nil.NIL, kind));
            item.put("entries", count);
            left.add(item);
        });
        return left;
    }

    private void warn(CommandContext context, OriginalSaveFile saved, PrefixMap map) {
        Path codes = context.config().prefixes().codes();
        long lost = PrefixMap.isMoat(codes)
                ? 0
                : saved.entries().keySet().stream()
                        .map(map::path)
                        .filter(PrefixMap::isMoat)
                        .count();
        if (lost > 0) {
            context.printer()
                    .warning(
                            lost + " entries are below :.moat.kv, where moat-kv looks for code and jobs, but no"
                                    + " command or runner with this configuration does",
                            "import with --moat to move them, or set 'prefixes: moat' in the configuration");
        }
    }
}
