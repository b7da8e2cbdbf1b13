package distkv.cli.config;

import distkv.cli.input.Suggestion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks the keys that a file or an option sets. */
final class ConfigCheck {
    private ConfigCheck() {}

    /**
     * What is wrong with a key.
     *
     * @param text which key it is, and what was expected
     * @param hint what to do; {@code null} if the text says enough
     */
    record Problem(String text, @Nullable String hint) {}

    /** The first problem in a tree of maps; none if all keys are known. */
    static Optional<Problem> find(Map<?, ?> tree) {
        return find("", tree);
    }

    private static Optional<Problem> find(String section, Map<?, ?> tree) {
        return tree.entrySet().stream()
                .flatMap(entry -> find(section, section + entry.getKey(), entry.getValue()).stream())
                .findFirst();
    }

    private static Optional<Problem> find(String section, String name, @Nullable Object value) {
        Optional<ConfigKey> known =
                ConfigKey.ALL.stream().filter(key -> key.name().equals(name)).findFirst();
        if (known.isPresent()) {
            return Optional.empty();
        } else if (ConfigKey.ALL.stream().noneMatch(key -> key.name().startsWith(name + "."))) {
            return Optional.of(unknown(section, name));
        } else if (value instanceof Map<?, ?> below) {
            return find(name + ".", below);
        }
        return value == null
                ? Optional.empty()
                : Optional.of(new Problem(
                        name + ": " + value + " (expected: a map with " + String.join(", ", below(name + ".")) + ")",
                        null));
    }

    /** Suggests a key that is spelled alike, or else the same key in another section. */
    private static Problem unknown(String section, String name) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        Stream<String> elsewhere = ConfigKey.ALL.stream()
                .filter(key -> key.kind() != ConfigKey.ValueKind.WITHOUT_EFFECT
                        && key.name().endsWith("." + last))
                .map(key -> Suggestion.question(key.name()));
        List<String> here = below(section).stream().map(word -> section + word).toList();
        String text = name + ": there is no such key";
        return Suggestion.among(name, here)
                .or(elsewhere::findFirst)
                .map(question -> new Problem(text, question))
                .orElseGet(() -> new Problem(
                        text + " (expected: one of " + String.join(", ", below(section)) + ")",
                        "settings that only stored code reads belong below 'user'"));
    }

    /** The names of what may be right below a section, without those that have no effect. */
    private static List<String> below(String section) {
        return ConfigKey.ALL.stream()
                .filter(key -> key.kind() != ConfigKey.ValueKind.WITHOUT_EFFECT
                        && key.name().startsWith(section))
                .map(key -> key.name().substring(section.length()).split("\\.", -1)[0])
                .distinct()
                .toList();
    }
}
