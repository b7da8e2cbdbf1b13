package distkv.cli;

import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores a procedure, or changes what is stored. */
@Command(
        name = "set",
        description = {
            "Save Python code. What is stored already and not named by an option stays.",
            "-v, -e and -p declare inputs with their defaults; '-e NAME -' declares one that has no default,"
                    + " '-e NAME /' removes it."
        },
        footer = {"", "Example:", "  distkv client code set -s scale.py -e factor 2 demo.scale"})
final class CodeSet implements Action.OfLibrary {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private Items inputs = new Items();

    @ArgGroup
    private @Nullable Way way;

    /** How the code runs. */
    static final class Way {
        @Option(
                names = {"-a", "--async"},
                description = "The code is async (the default).")
        private boolean async;

        @Option(
                names = {"-A", "--sync"},
                description = "The code is synchronous.")
        private boolean sync;

        @Option(
                names = {"-t", "--thread"},
                description = "The code is synchronous and runs in a worker thread.")
        private boolean thread;

        /** The value of {@code is_async}. */
        @Nullable
        Boolean flag() {
            return sync ? null : (Boolean) (async || !thread);
        }
    }

    @Option(
            names = {"-s", "--script"},
            paramLabel = "FILE",
            description = "The file with the code.")
    private java.nio.file.@Nullable Path script;

    @Option(
            names = {"-i", "--info"},
            paramLabel = "TEXT",
            description = "One line about it.")
    private @Nullable String info;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "FILE",
            description = "A YAML file with the metadata: info, is_async, vars, default, requires.")
    private java.nio.file.@Nullable Path metadata;

    @Parameters(paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Library library, Printer printer) throws InterruptedException {
        String code = script == null ? null : TextFile.read(script);
        if (code != null) {
            new PythonCheck(printer.terminal()).check(library.noun(), path, code);
        }
        Map<?, ?> described = metadata == null ? null : Metadata.read(metadata);
        Tree.Written written = tree.change(library.at(path), old -> Content.of(changed(old, described, code)));
        if (printer.metadata()) {
            printer.document(written.shown(tree.name()));
        }
        return 0;
    }

    private Map<?, ?> changed(Content old, @Nullable Map<?, ?> described, @Nullable String code) {
        Map<Object, @Nullable Object> procedure = new LinkedHashMap<>();
        if (old.value() instanceof Map<?, ?> map) {
            procedure.putAll(map);
        }
        if (described != null) {
            procedure.putAll(described);
        }
        if (code != null) {
            procedure.put("code", code);
        } else if (!procedure.containsKey("code")) {
            throw new UsageException("there is no code at " + path + " yet (expected: --script FILE)");
        }
        if (info != null) {
            procedure.put("info", info);
        }
        if (way != null || !procedure.containsKey("is_async")) {
            procedure.put("is_async", way == null ? Boolean.TRUE : way.flag());
        }
        Set<String> vars = new TreeSet<>();
        if (procedure.get("vars") instanceof List<?> names) {
            names.forEach(name -> vars.add(String.valueOf(name)));
        }
        Map<?, ?> defaults = procedure.get("default") instanceof Map<?, ?> map ? map : Map.of();
        procedure.put("default", inputs.applyTo(defaults, vars));
        procedure.put("vars", List.copyOf(vars));
        return procedure;
    }
}
