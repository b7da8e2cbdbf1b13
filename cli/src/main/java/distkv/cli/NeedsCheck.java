package distkv.cli;

import distkv.model.Entry;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import java.util.Map;

/** Looks whether all that a piece of code requires is stored, and does not require it in turn. */
record NeedsCheck(CodeId piece, Catalog stored) {
    /** A check for that piece, with what is stored now. */
    static NeedsCheck of(Tree tree, CodeId piece) throws InterruptedException {
        Catalog stored = new Catalog();
        load(stored, tree, Library.procedures(tree.config()), CodeId.Sort.PROCEDURE);
        load(stored, tree, Library.modules(tree.config()), CodeId.Sort.MODULE);
        return new NeedsCheck(piece, stored);
    }

    private static void load(Catalog stored, Tree tree, Library library, CodeId.Sort sort) throws InterruptedException {
        for (Entry entry : tree.below(library.prefix(), 1, -1)) {
            stored.apply(new CodeId(sort, entry.path().below(library.prefix())), entry);
        }
    }

    /** The content to be stored; the message of a {@link FailedException} names what is missing, or goes round. */
    Content checked(Map<?, ?> value) {
        try {
            stored.apply(piece, new Entry(piece.path(), Values.encode(value), Long.MAX_VALUE, 0));
            String wrong = stored.wrong(piece);
            if (wrong != null) {
                throw new BadEntry(wrong);
            }
            stored.needs(piece);
            return Content.of(value);
        } catch (BadEntry e) {
            throw new FailedException(
                    piece.sort().word() + " " + piece.path() + ": " + e.getMessage() + "; nothing was stored", e);
        }
    }
}
