package distkv.code.compile;

import java.util.Map;

/** The source of the stored Java modules, by class name: {@code house.Units}. */
public record ModuleSources(Map<String, String> texts) {
    public static final ModuleSources NONE = new ModuleSources(Map.of());

    public ModuleSources {
        texts = Map.copyOf(texts);
    }
}
