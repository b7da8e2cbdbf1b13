package distkv.cli.code;

import distkv.cli.input.FailedException;
import distkv.cli.input.YamlFile;
import java.nio.file.Path;
import java.util.Map;

/** A file with the metadata of stored code; the output of {@code client -m code get} is one, too. */
final class MetadataFile {
    private MetadataFile() {}

    static Map<?, ?> read(Path file) {
        Object content = YamlFile.read(file);
        Object value =
                content instanceof Map<?, ?> map && map.get("value") instanceof Map<?, ?> inner ? inner : content;
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new FailedException(file + " (expected: a map with keys like info, vars, default)");
    }
}
