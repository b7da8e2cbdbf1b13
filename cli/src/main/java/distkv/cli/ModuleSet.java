package distkv.cli;

import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores a module, or changes what is stored. */
@Command(
        name = "set",
        description = "Save a Python module. What is stored already and not named by an option stays.",
        footer = {"", "Example:", "  distkv client code module set -s units.py house.units"})
final class ModuleSet implements Action.OfLibrary {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-s", "--script"},
            paramLabel = "FILE",
            description = "The file with the module's code.")
    private java.nio.file.@Nullable Path script;

    @Option(
            names = {"-i", "--info"},
            paramLabel = "TEXT",
            description = "One line about it.")
    private @Nullable String info;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "FILE",
            description = "A YAML file with the metadata: info, requires.")
    private java.nio.file.@Nullable Path metadata;

    @Parameters(paramLabel = "PATH", description = "Its name, for example house.units for 'import house.units'.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Library library, Printer printer) throws InterruptedException {
        String code = script == null ? null : TextFile.read(script);
        if (code != null) {
            new PythonCheck(printer.terminal()).check(library.noun(), path, code);
        }
        Map<?, ?> described = metadata == null ? Map.of() : Metadata.read(metadata);
        Tree.Written written = tree.change(library.at(path), old -> {
            Map<Object, @Nullable Object> module = new LinkedHashMap<>();
            if (old.value() instanceof Map<?, ?> map) {
                module.putAll(map);
            }
            module.putAll(described);
            if (info != null) {
                module.put("info", info);
            }
            if (code != null) {
                module.put("code", code);
            } else if (!module.containsKey("code")) {
                throw new UsageException("there is no module " + path + " yet (expected: --script FILE)");
            }
            return Content.of(module);
        });
        if (printer.metadata()) {
            printer.document(written.shown(tree.name()));
        }
        return 0;
    }
}
