package distkv.schema.code;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored module.
 *
 * @param path its name: where it is below the module prefix
 * @param requires what must be loaded before it
 * @param wrong why the entry is no module; {@code null} if it is one
 */
public record StoredModule(
        Path path,
        String source,
        List<Path> requires,
        Language language,
        @Nullable String wrong) {

    /** Reads the entry that somebody stored. A plain text is a module's code, as the original has it. */
    public static StoredModule read(Path path, Value value) {
        try {
            if (Values.decode(value) instanceof String source) {
                return new StoredModule(path, source, List.of(), Language.PYTHON, null);
            }
            Fields fields = Fields.of("module", value);
            String source = fields.text("code");
            if (source == null) {
                throw new BadEntry("code", null, "text");
            }
            return new StoredModule(path, source, fields.paths("requires"), Language.read(fields), null);
        } catch (BadEntry e) {
            return new StoredModule(path, "", List.of(), Language.PYTHON, e.getMessage());
        }
    }

    /** What code calls it: {@code house.units}. */
    public String name() {
        return CodeId.name(path);
    }
}
