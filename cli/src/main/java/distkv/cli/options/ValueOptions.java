package distkv.cli.options;

import distkv.cli.context.EntryContent;
import distkv.cli.input.PythonLiteral;
import distkv.cli.input.TextInput;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code -v -e -p}, which set a value or items of it. */
public final class ValueOptions {
    @Option(
            names = {"-v", "--var"},
            arity = "2",
            paramLabel = "NAME TEXT",
            hideParamSyntax = true,
            description =
                    "Set this item to a text. NAME ':' is the value itself; TEXT '-' is all of standard input, '@FILE'"
                            + " the content of that file; a text that begins with '@' is written '@@…'.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = {"-e", "--eval"},
            arity = "2",
            paramLabel = "NAME EXPR",
            hideParamSyntax = true,
            description = "Set this item to a literal: 42, 1.5, True, None, [1, 2], {'a': 1}. '-' deletes it;"
                    + " '@FILE' is the literal in that file, '@-' that on standard input.")
    private List<String> literals = new ArrayList<>();

    @Option(
            names = {"-p", "--path"},
            arity = "2",
            paramLabel = "NAME PATH",
            hideParamSyntax = true,
            description = "Set this item to a path.")
    private List<String> paths = new ArrayList<>();

    private final TextInput input = new TextInput();

    /** A change of one item. */
    private record Change(Path item, @Nullable Object value, Operation operation) {}

    private enum Operation {
        SET,
        DELETE,
        /** Delete the item, and its name from the inputs. */
        FORGET
    }

    public boolean isEmpty() {
        return texts.isEmpty() && literals.isEmpty() && paths.isEmpty();
    }

    /** The content of an entry, changed by these options. */
    public EntryContent applyTo(EntryContent content) {
        return apply(content, null);
    }

    /** The same for a procedure's defaults; names are added to and removed from {@code inputs}. */
    public Map<?, ?> applyTo(Map<?, ?> defaults, Set<String> inputs) {
        Object changed = apply(EntryContent.of(defaults), inputs).value();
        return changed instanceof Map<?, ?> map ? map : Map.of();
    }

    private EntryContent apply(EntryContent content, @Nullable Set<String> inputs) {
        EntryContent result = content;
        List<Change> changes = changes(inputs != null);
        for (Change change : changes) {
            if (change.item.isRoot()) {
                if (inputs != null) {
                    throw new UsageException("-e/-v/-p ':' (expected: the name of an input)");
                } else if (changes.size() > 1) {
                    throw new UsageException("':' sets the whole value (expected: no other -v, -e or -p beside it)");
                }
                return change.operation == Operation.SET ? EntryContent.of(change.value) : EntryContent.NONE;
            }
            Map<?, ?> old = result.value() instanceof Map<?, ?> map ? map : Map.of();
            result = EntryContent.of(changed(old, change.item.elements(), change));
            if (inputs != null && change.operation == Operation.FORGET) {
                inputs.remove(change.item.toString());
            } else if (inputs != null) {
                inputs.add(change.item.toString());
            }
        }
        return result;
    }

    private List<Change> changes(boolean forgetting) {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += 2) {
            String text = texts.get(i + 1);
            changes.add(
                    new Change(item("-v", texts.get(i)), input.text(text.equals("-") ? "@-" : text), Operation.SET));
        }
        for (int i = 0; i < literals.size(); i += 2) {
            changes.add(literal(literals.get(i), literals.get(i + 1), forgetting));
        }
        for (int i = 0; i < paths.size(); i += 2) {
            Path item = item("-p", paths.get(i));
            changes.add(new Change(item, item("-p " + paths.get(i), paths.get(i + 1)), Operation.SET));
        }
        return changes;
    }

    private Change literal(String name, String text, boolean forgetting) {
        Path item = item("-e", name);
        if (text.equals("-")) {
            return new Change(item, null, Operation.DELETE);
        } else if (text.equals("/") && forgetting) {
            return new Change(item, null, Operation.FORGET);
        }
        try {
            return new Change(
                    item,
                    PythonLiteral.parse(text.startsWith("@") ? input.text(text).strip() : text),
                    Operation.SET);
        } catch (IllegalArgumentException e) {
            throw new UsageException("-e " + name + ": " + e.getMessage(), e).withHint("for a text, use -v");
        }
    }

    private static Path item(String option, String text) {
        try {
            return Path.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(option + ": " + e.getMessage(), e);
        }
    }

    private static Map<?, ?> changed(Map<?, ?> old, List<Object> item, Change change) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(old);
        Object key = item.getFirst();
        if (item.size() > 1) {
            Map<?, ?> inner = map.get(key) instanceof Map<?, ?> found ? found : Map.of();
            map.put(key, changed(inner, item.subList(1, item.size()), change));
        } else if (change.operation == Operation.SET) {
            map.put(key, change.value);
        } else {
            map.remove(key);
        }
        return map;
    }
}
