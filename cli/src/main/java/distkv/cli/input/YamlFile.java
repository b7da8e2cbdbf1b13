package distkv.cli.input;

import distkv.model.Path;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the YAML files that people write; {@code !P}, {@code !bin} and {@code !hex} mean what they mean in our output. */
public final class YamlFile {
    private YamlFile() {}

    public static @Nullable Object read(java.nio.file.Path file) {
        return parse(TextFile.read(file), file.toString());
    }

    /**
     * Parses a text.
     *
     * @param name what an error calls the text
     */
    public static @Nullable Object parse(String text, String name) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(name)
                .setTagConstructors(Map.of(
                        new Tag("!P"), scalar(Path::parse),
                        new Tag("!bin"), scalar(ascii -> ascii.getBytes(StandardCharsets.US_ASCII)),
                        new Tag("!hex"),
                                scalar(hex -> HexFormat.ofDelimiter(":").parseHex(hex))))
                .build();
        try {
            return new Load(settings).loadFromString(text);
        } catch (MarkedYamlEngineException e) {
            String place = e.getProblemMark()
                    .map(mark -> " line " + (mark.getLine() + 1))
                    .orElse("");
            throw new FailedException(name + place + ": " + e.getProblem() + " (expected: YAML)", e);
        } catch (YamlEngineException | IllegalArgumentException e) {
            throw new FailedException(name + ": " + e.getMessage() + " (expected: YAML)", e);
        }
    }

    private static ConstructNode scalar(Function<String, Object> reader) {
        return new ConstructNode() {
            @Override
            public Object construct(@Nullable Node node) {
                return reader.apply(node instanceof ScalarNode scalar ? scalar.getValue() : "");
            }
        };
    }
}
