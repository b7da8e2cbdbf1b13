package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.EntryContent;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.model.Entry;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import java.util.Map;

/** Checks that everything that a piece of code requires is stored, and does not require it in turn. */
record RequirementsCheck(CodeId piece, Catalog stored) {
    /** A check of that piece against what is stored now. */
    static RequirementsCheck of(TreeClient tree, CodeId piece) throws InterruptedException {
        Catalog stored = new Catalog();
        load(stored, tree, CodeLibrary.procedures(tree.config()), CodeId.Sort.PROCEDURE);
        load(stored, tree, CodeLibrary.modules(tree.config()), CodeId.Sort.MODULE);
        return new RequirementsCheck(piece, stored);
    }

    private static void load(Catalog stored, TreeClient tree, CodeLibrary library, CodeId.Sort sort)
            throws InterruptedException {
        for (Entry entry : tree.below(library.prefix(), 1, -1)) {
            stored.apply(new CodeId(sort, entry.path().below(library.prefix())), entry);
        }
    }

    /** The content to be stored; the message of a {@link FailedException} names what is missing, or the cycle. */
    EntryContent checked(Map<?, ?> value) {
        try {
            stored.apply(piece, new Entry(piece.path(), Values.encode(value), Long.MAX_VALUE, 0));
            String wrong = stored.wrong(piece);
            if (wrong != null) {
                throw new BadEntry(wrong);
            }
            stored.needs(piece);
            return EntryContent.of(value);
        } catch (BadEntry e) {
            throw new FailedException(
                    piece.sort().word() + " " + piece.path() + ": " + e.getMessage() + "; nothing was stored", e);
        }
    }
}
