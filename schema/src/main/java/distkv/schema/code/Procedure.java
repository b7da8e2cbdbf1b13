package distkv.schema.code;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stored procedure.
 *
 * @param path its name: where it is below the code prefix
 * @param vars the names that must be supplied
 * @param defaults globals that a job's data may override
 * @param requires modules that must be loaded before it runs, and procedures that it calls
 */
public record Procedure(
        Path path,
        String source,
        Mode mode,
        List<String> vars,
        Map<String, @Nullable Object> defaults,
        List<Path> requires,
        Language language) {

    /** A procedure in Python that requires nothing. */
    public Procedure(Path path, String source, Mode mode, List<String> vars, Map<String, @Nullable Object> defaults) {
        this(path, source, mode, vars, defaults, List.of(), Language.PYTHON);
    }

    /** Reads the entry that somebody stored. */
    public static Procedure read(Path path, Value value) throws BadEntry {
        Fields fields = Fields.of("procedure", value);
        String source = fields.text("code");
        if (source == null) {
            throw new BadEntry("code", null, "text");
        }
        Language language = Language.read(fields);
        return new Procedure(
                path,
                source,
                mode(fields, language),
                fields.texts("vars"),
                fields.names("default"),
                fields.paths("requires"),
                language);
    }

    /** What code calls it: {@code demo.scale}. */
    public String name() {
        return CodeId.name(path);
    }

    /** Whether both run the same: equal in all but what is only said about them. */
    public boolean same(Procedure other) {
        return path.equals(other.path)
                && source.equals(other.source)
                && mode == other.mode
                && language == other.language
                && vars.equals(other.vars)
                && requires.equals(other.requires)
                && Values.same(Values.encode(defaults), Values.encode(other.defaults));
    }

    /** A run in Java has threads of its own, whatever the entry says, and so may share its worker. */
    private static Mode mode(Fields fields, Language language) throws BadEntry {
        if (language == Language.JAVA) {
            return Mode.ASYNC;
        }
        return switch (fields.raw("is_async")) {
            case null -> Mode.SYNC;
            case Boolean async -> async ? Mode.ASYNC : Mode.THREAD;
            case Object other -> throw new BadEntry("is_async", other, "true, false or nil");
        };
    }
}
