package distkv.code.call;

import distkv.code.ProcedureException;
import distkv.code.compile.CompiledProcedure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls Java procedures in this process. */
final class JavaCall {
    private JavaCall() {}

    static @Nullable Object call(CompiledProcedure procedure, List<?> positional, Map<String, ?> named)
            throws InterruptedException {
        try {
            return procedure.call(positional, named);
        } catch (RuntimeException | Error | InterruptedException e) {
            throw e;
        } catch (Throwable e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            ProcedureException checked =
                    new ProcedureException(procedure.name(), e.getClass().getName(), e.getMessage(), trace.toString());
            checked.initCause(e);
            throw checked;
        }
    }
}
