package distkv.cli;

import distkv.model.Path;
import distkv.schema.code.CodeId;
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
            "Save Python or Java code. What is stored already and not named by an option stays.",
            "-v, -e and -p declare inputs with their defaults; '-e NAME -' declares one that has no default,"
                    + " '-e NAME /' removes it."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client code set -s scale.py -e factor 2 demo.scale",
            "  distkv client code set -s Hysteresis.java -d Hysteresis.yml demo.hysteresis"
        })
final class CodeSet implements Action.OfLibrary {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private Source source = new Source();

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

    @Parameters(paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Library library, Printer printer) throws InterruptedException {
        Source.Given given = source.read(tree, library, path, printer.terminal());
        NeedsCheck needs = NeedsCheck.of(tree, CodeId.procedure(path));
        printer.wrote(tree, tree.change(library.at(path), old -> needs.checked(procedure(given.applyTo(old)))));
        return 0;
    }

    private Map<?, ?> procedure(Map<Object, @Nullable Object> changed) {
        if (way != null || (!changed.containsKey("is_async") && Language.of(changed, null) != Language.JAVA)) {
            changed.put("is_async", way == null ? Boolean.TRUE : way.flag());
        }
        Set<String> vars = new TreeSet<>();
        if (changed.get("vars") instanceof List<?> names) {
            names.forEach(name -> vars.add(String.valueOf(name)));
        }
        Map<?, ?> defaults = changed.get("default") instanceof Map<?, ?> map ? map : Map.of();
        changed.put("default", inputs.applyTo(defaults, vars));
        changed.put("vars", List.copyOf(vars));
        return changed;
    }
}
