package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.code.CompileException;
import distkv.code.compile.CompiledProcedure;
import distkv.code.compile.Javac;
import distkv.code.compile.ModuleSources;
import distkv.code.compile.ProcedureDefinition;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.code.StoredModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles Java code before it is stored, with the modules that are stored already. */
record JavaCheck(TreeClient tree) {
    void check(CodeLibrary library, Path path, String code) throws InterruptedException {
        String name = CodeId.name(path);
        try {
            if (library.equals(CodeLibrary.modules(tree.config()))) {
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
        Path prefix = CodeLibrary.modules(tree.config()).prefix();
        for (Entry entry : tree.below(prefix, 1, -1)) {
            Value value = entry.value();
            if (value == null) {
                continue;
            }
            StoredModule module = StoredModule.read(entry.path().below(prefix), value);
            if (module.language() == Language.JAVA) {
                texts.put(module.name(), module.source());
            }
        }
        texts.remove(without);
        return new ModuleSources(texts);
    }
}
