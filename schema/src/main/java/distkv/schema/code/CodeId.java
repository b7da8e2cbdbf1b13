package distkv.schema.code;

import distkv.model.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which piece of stored code: its sort, and its name, which is where it is below the prefix of that sort. */
public record CodeId(Sort sort, Path path) {
    /** What stored code is there for. */
    public enum Sort {
        /** To be run by jobs and called by clients. */
        PROCEDURE,
        /** To be imported by other stored code. */
        MODULE;

        /** What people call it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static CodeId procedure(Path path) {
        return new CodeId(Sort.PROCEDURE, path);
    }

    public static CodeId module(Path path) {
        return new CodeId(Sort.MODULE, path);
    }

    /** What code calls it: {@code house.units}. */
    public String name() {
        return name(path);
    }

    /** What code calls a procedure or module with this path: {@code house.units}. */
    public static String name(Path path) {
        return path.elements().stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
