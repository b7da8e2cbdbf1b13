package distkv.cli;

import org.jspecify.annotations.Nullable;

/** How values are printed. */
enum Format {
    /** YAML that any parser of YAML reads: paths are texts. */
    yaml,
    /** JSON: one document, or for what goes on a document a line. */
    json,
    /** YAML as the original's command line prints it, with tags of its own that keep the types of paths and bytes. */
    wire;

    /** One value, with its line end. */
    String document(@Nullable Object value) {
        return switch (this) {
            case yaml -> Yaml.document(value);
            case wire -> Yaml.wire(value);
            case json -> Json.line(value);
        };
    }

    /** What separates one document of a stream from the next. */
    String separator() {
        return this == json ? "" : "---\n";
    }
}
