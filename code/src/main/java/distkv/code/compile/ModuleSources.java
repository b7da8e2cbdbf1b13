package distkv.code.compile;

import java.util.Map;

/** The stored Java modules: the text of each by its class's name, {@code house.Units}. */
public record ModuleSources(Map<String, String> texts) {
    public static final ModuleSources NONE = new ModuleSources(Map.of());

    public ModuleSources {
        texts = Map.copyOf(texts);
    }
}
