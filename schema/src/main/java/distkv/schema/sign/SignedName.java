package distkv.schema.sign;

import distkv.model.Path;
import distkv.schema.code.CodeId;

/**
 * What is signed: its sort, and its name below the prefix of that sort.
 *
 * @param sort the word for it, {@code procedure} or {@code module}
 */
public record SignedName(String sort, Path path) {
    /** That of a piece of stored code. */
    public static SignedName of(CodeId piece) {
        return new SignedName(piece.sort().word(), piece.path());
    }

    @Override
    public String toString() {
        return sort + " " + path;
    }
}
