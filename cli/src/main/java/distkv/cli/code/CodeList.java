package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.NestedMaps;
import distkv.cli.input.UsageException;
import distkv.cli.key.SignatureView;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.SubtreeOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.code.CodeEdit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists stored code. */
@Command(
        name = "list",
        description = "List stored code at and below a path.",
        footer = {"", "Example:", "  distkv client code list -s :"})
public final class CodeList implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private SubtreeOptions selection = new SubtreeOptions();

    @Option(
            names = {"-f", "--full"},
            description = "Print the code too.")
    private boolean full;

    @Option(
            names = {"-s", "--short"},
            description = "One line each: the name and its info.")
    private boolean brief;

    @Parameters(paramLabel = "PATH", arity = "0..1", description = "Where to look. Default: everything.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        if (brief && (full || selection.key() != null)) {
            throw new UsageException("--short excludes --full and --as-dict");
        }
        Path top = library.prefix().append(path);
        int length = top.length();
        String key = selection.key();
        NestedMaps nested = key == null ? null : new NestedMaps(key);
        try (Printer.Listing listing = printer.listing(nested == null)) {
            for (Entry entry : tree.below(top, selection.least(0), selection.most(-1))) {
                Path name = entry.path().tail(length);
                Object stored = Printer.decoded(entry);
                Object value = SignatureView.shortened(full ? stored : summary(stored));
                if (brief) {
                    Object info =
                            value instanceof Map<?, ?> ? CodeEdit.of(value).info() : value;
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("code", name);
                    row.put("info", info);
                    listing.row(name + " :: " + info + SignatureView.key(stored), row);
                } else if (nested != null) {
                    nested.put(name, printer.shown(tree.name(), entry, value));
                } else {
                    listing.item(name, printer.shown(tree.name(), entry, value));
                }
            }
        }
        if (nested != null) {
            printer.document(nested.map());
        }
        return 0;
    }

    /** The entry without its code, and with an info. */
    private static @Nullable Object summary(@Nullable Object value) {
        if (!(value instanceof Map<?, ?>)) {
            return value;
        }
        CodeEdit edit = CodeEdit.of(value);
        String code = edit.takeCode();
        if (edit.info() == null) {
            edit.info("<" + String.valueOf(code).lines().count() + " lines>");
        }
        return edit.entry();
    }
}
