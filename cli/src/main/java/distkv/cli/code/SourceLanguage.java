package distkv.cli.code;

import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stored code is written in. */
enum SourceLanguage {
    PYTHON,
    JAVA;

    /** What the metadata say, else the name of the file; {@code null} if neither does. */
    static @Nullable SourceLanguage of(Map<?, ?> described, java.nio.file.@Nullable Path script) {
        if (described.get("language") instanceof String word) {
            return word.equals("java") ? JAVA : PYTHON;
        }
        String file = script == null ? "" : script.toString();
        return file.endsWith(".java") ? JAVA : file.endsWith(".py") ? PYTHON : null;
    }

    /** The language of what is stored there; Python if nothing is. */
    static SourceLanguage stored(TreeClient tree, Path path) throws InterruptedException {
        Entry entry = tree.read(path);
        boolean java =
                entry != null && Printer.decoded(entry) instanceof Map<?, ?> map && "java".equals(map.get("language"));
        return java ? JAVA : PYTHON;
    }

    void applyTo(Map<Object, @Nullable Object> entry) {
        if (this == JAVA) {
            entry.put("language", "java");
        } else {
            entry.remove("language");
        }
    }
}
