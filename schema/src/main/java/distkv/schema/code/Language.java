package distkv.schema.code;

import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What stored code is written in: the field {@code language} of its entry. */
public enum Language {
    PYTHON,
    JAVA;

    /** The word that entries use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Language read(Fields fields) throws BadEntry {
        Object found = fields.raw("language");
        if (found == null) {
            return PYTHON;
        }
        for (Language language : values()) {
            if (language.word().equals(found)) {
                return language;
            }
        }
        throw new BadEntry(
                "language", found, Arrays.stream(values()).map(Language::word).collect(Collectors.joining(" or ")));
    }
}
