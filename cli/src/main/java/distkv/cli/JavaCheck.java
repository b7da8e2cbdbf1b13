package distkv.cli;

import distkv.code.CompileException;
import distkv.code.compile.CompiledProcedure;
import distkv.code.compile.Javac;
import distkv.code.compile.ModuleSources;
import distkv.code.compile.ProcedureDefinition;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.code.CodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles Java code before it is stored, with the modules that are stored already. */
record JavaCheck(Tree tree) {
    void check(Library library, Path path, String code) throws InterruptedException {
        String name = CodeId.name(path);
        try {
            if (library.equals(Library.modules(tree.config()))) {
                new Javac().module(name, code, modules(name));
            } else {
                CompiledProcedure.compile(
                        new Javac(), new ProcedureDefinition(name, code, List.of(), Map.of()), modules(""));
            }
        } catch (CompileException e) {
            String where = e.name().equals(name) ? library.noun() + " " : "module ";
            String line = e.line() > 0 ? " line " + e.line() : "";
            throw new FailedException(where + e.name() + line + ": " + e.reason() + "; nothing was stored", e);
        }
    }

    private ModuleSources modules(String without) throws InterruptedException {
        Map<String, String> texts = new LinkedHashMap<>();
        Path prefix = Library.modules(tree.config()).prefix();
        for (Entry entry : tree.below(prefix, 1, -1)) {
            if (Printer.decoded(entry) instanceof Map<?, ?> map
                    && "java".equals(map.get("language"))
                    && map.get("code") instanceof String text) {
                texts.put(CodeId.name(entry.path().below(prefix)), text);
            }
        }
        texts.remove(without);
        return new ModuleSources(texts);
    }
}
