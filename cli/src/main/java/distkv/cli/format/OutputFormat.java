package distkv.cli.format;

import org.jspecify.annotations.Nullable;

/** How values are printed. */
public enum OutputFormat {
    /** YAML that any parser of YAML reads: paths are texts. */
    yaml,
    /** JSON: one document, or one document a line where there is no end. */
    json,
    /** YAML as the original's command line prints it, with tags of its own that keep the types of paths and bytes. */
    wire;

    /** One value, with its line end. */
    public String document(@Nullable Object value) {
        return switch (this) {
            case yaml -> Yaml.document(value);
            case wire -> Yaml.wire(value);
            case json -> Json.line(value);
        };
    }

    /** What separates one document of a stream from the next. */
    public String separator() {
        return this == json ? "" : "---\n";
    }
}
