package distkv.cli;

import org.jspecify.annotations.Nullable;

/** How values are printed. */
enum Format {
    yaml,
    json;

    /** One value, with its line end. */
    String document(@Nullable Object value) {
        return switch (this) {
            case yaml -> Yaml.document(value);
            case json -> Json.line(value);
        };
    }

    /** What separates one document of a stream from the next. */
    String separator() {
        return this == yaml ? "---\n" : "";
    }
}
