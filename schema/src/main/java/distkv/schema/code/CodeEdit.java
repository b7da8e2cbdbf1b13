package distkv.schema.code;

import distkv.model.Path;
import distkv.schema.EditableFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Changes the entry of a procedure or module, which users write; read as a {@link Procedure} or {@link StoredModule}. */
public final class CodeEdit {
    private static final String CODE = "code";
    private static final String INFO = "info";
    private static final String REQUIRES = "requires";
    private static final String LANGUAGE = "language";
    private static final String MODE = "is_async";
    private static final String INPUTS = "vars";
    private static final String DEFAULTS = "default";

    private final EditableFields fields;

    private CodeEdit(EditableFields fields) {
        this.fields = fields;
    }

    /** An edit of this decoded entry; of new code if it is {@code null}. */
    public static CodeEdit of(@Nullable Object entry) {
        return new CodeEdit(EditableFields.of(entry));
    }

    /** The entry, to be stored. */
    public Map<Object, @Nullable Object> entry() {
        return fields.toMap();
    }

    /** Sets these fields, as a file with metadata names them. */
    public void describe(Map<?, ?> metadata) {
        fields.putAll(metadata);
    }

    public boolean hasCode() {
        return fields.has(CODE);
    }

    public void code(String text) {
        fields.put(CODE, text);
    }

    /** Takes the code out, so that the rest can be shown; {@code null} if there is no text. */
    public @Nullable String takeCode() {
        if (fields.get(CODE) instanceof String text) {
            fields.remove(CODE);
            return text;
        }
        return null;
    }

    public @Nullable Object info() {
        return fields.get(INFO);
    }

    public void info(String text) {
        fields.put(INFO, text);
    }

    public void requires(List<Path> names) {
        fields.put(REQUIRES, names);
    }

    /** The language that the entry or its metadata name; {@code null} if they name none. */
    public @Nullable Language language() {
        return fields.get(LANGUAGE) instanceof String word
                ? word.equals(Language.JAVA.word()) ? Language.JAVA : Language.PYTHON
                : null;
    }

    /** Python is what an entry without a language is in. */
    public void language(Language language) {
        fields.putOrRemove(LANGUAGE, language == Language.JAVA ? language.word() : null);
    }

    public boolean hasMode() {
        return fields.has(MODE);
    }

    public void mode(Mode mode) {
        fields.put(
                MODE,
                switch (mode) {
                    case ASYNC -> true;
                    case SYNC -> null;
                    case THREAD -> false;
                });
    }

    /** The names of the inputs, in order; a copy. */
    public Set<String> inputs() {
        Set<String> names = new TreeSet<>();
        if (fields.get(INPUTS) instanceof List<?> list) {
            list.forEach(name -> names.add(String.valueOf(name)));
        }
        return names;
    }

    /** The inputs that have a default, with it; a copy. */
    public Map<Object, @Nullable Object> defaults() {
        return new LinkedHashMap<>(fields.map(DEFAULTS));
    }

    public void inputs(Set<String> names, Map<?, ?> defaults) {
        fields.put(DEFAULTS, defaults);
        fields.put(INPUTS, List.copyOf(names));
    }
}
