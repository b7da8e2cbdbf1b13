package distkv.code.call;

import distkv.code.compile.ProcedureDefinition;
import distkv.schema.code.CodeId;
import distkv.schema.code.Procedure;

/**
 * A procedure as it is stored.
 *
 * @param tick the write that stored it, which is its version
 */
record StoredProcedure(Procedure procedure, long tick) {
    /** The name by which code and errors refer to it, for example {@code demo.scale}. */
    String name() {
        return CodeId.name(procedure.path());
    }

    /** What the compiler needs of a Java procedure. */
    ProcedureDefinition definition() {
        return new ProcedureDefinition(name(), procedure.source(), procedure.vars(), procedure.defaults());
    }
}
