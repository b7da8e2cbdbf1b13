package distkv.code.call;

import distkv.client.Client;
import distkv.code.CallLostException;
import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.MissingVariablesException;
import distkv.code.ProcedureException;
import distkv.code.compile.CompiledProcedure;
import distkv.code.compile.Javac;
import distkv.code.compile.ProcedureDefinition;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.code.CodeId;
import distkv.schema.code.Procedure;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The stored procedures, to be called by any number of threads: {@code code.call("forty.two", 21)}. Java procedures run
 * in the calling thread; they are compiled when they are first called, and again after they or a module have changed.
 * Python procedures run in processes of this machine that are kept warm; interrupting a call ends its process.
 *
 * <p>Code that does not compile, or requires code that is not stored, is recorded in the error tree (subsystem {@code
 * compile}) when it is called. The record is resolved when the code is called again and compiles.
 *
 * <p>Values are Java objects as {@link Values} defines them. The result of a Java procedure is returned as it is.
 */
public final class CodeRoot implements AutoCloseable {
    /** How many names are remembered as paths. */
    private static final int NAMES = 10_000;

    private static volatile boolean onlyAccepted;

    private final CodeOptions options;
    private final StoredCode stored;
    private final CompileErrors errors;
    private final PythonProcessPool pythons;
    private final GroupCalls groups;
    private final Javac javac = new Javac();
    private final Map<String, Path> names = new ConcurrentHashMap<>();
    private final Map<Path, Found> callees = new ConcurrentHashMap<>();

    /** How a procedure is called. */
    private sealed interface Callee {
        record OfJava(CompiledProcedure procedure) implements Callee {}

        record OfPython(StoredCode.Found procedure) implements Callee {}

        record Broken(CompileException why) implements Callee {}
    }

    /**
     * What a name refers to.
     *
     * @param requires whether it depends on other procedures
     * @param noted whether the error tree says whether it compiles
     */
    private record Found(Callee callee, boolean requires, AtomicBoolean noted) {}

    private CodeRoot(Client client, CodeOptions options) {
        this.options = options;
        stored = new StoredCode(client, options, this::changed);
        errors = new CompileErrors(client, options.prefixes().errors());
        pythons = new PythonProcessPool(options, client.options());
        groups = new GroupCalls(client, options);
    }

    /** Opens the stored code at the default prefixes, with {@code python3}. Waits until all stored code is known. */
    public static CodeRoot open(Client client) throws InterruptedException {
        return open(client, CodeOptions.defaults());
    }

    /** Opens the stored code of a client's tree. Waits until it is known. */
    public static CodeRoot open(Client client, CodeOptions options) throws InterruptedException {
        if (onlyAccepted) {
            throw new CodeException("CodeRoot: this node starts only signed code (expected: procedures that its runner"
                    + " starts, and modules)");
        }
        CodeRoot root = new CodeRoot(client, options);
        root.stored.open();
        return root;
    }

    /** From now on this process runs only code that its runner gives it, since the node wants it to be signed. */
    public static void forbid() {
        onlyAccepted = true;
    }

    private void changed(CodeId piece) {
        if (piece.sort() == CodeId.Sort.MODULE) {
            callees.clear();
        } else {
            callees.remove(piece.path());
            callees.values().removeIf(Found::requires);
        }
    }

    /**
     * Calls a procedure.
     *
     * @param name its path below the prefix, with dots between the elements
     * @param arguments the values of required variables, in order
     * @return what it returns
     * @throws MissingVariablesException if it requires more variables, naming them
     * @throws CompileException if it does not compile
     * @throws ProcedureException what it throws, if it is written in Python or throws a checked exception
     * @throws CodeException if there is no such procedure, or the arguments do not fit
     */
    public @Nullable Object call(String name, @Nullable Object... arguments) throws InterruptedException {
        return call(path(name), Arrays.asList(arguments), Map.of());
    }

    /** Calls a procedure with variables by name, as {@link #call(String, Object...)}. */
    public @Nullable Object callWith(String name, Map<String, ?> variables) throws InterruptedException {
        return call(path(name), List.of(), variables);
    }

    /** Calls a procedure with variables by position and by name, as {@link #call(String, Object...)}. */
    public @Nullable Object call(Path name, List<?> positional, Map<String, ?> named) throws InterruptedException {
        Found found = callees.computeIfAbsent(name, this::find);
        return switch (found.callee()) {
            case Callee.OfJava(var procedure) -> {
                note(name, found, null);
                yield JavaCall.call(procedure, positional, named);
            }
            case Callee.OfPython(StoredCode.Found procedure) -> {
                try {
                    Object result =
                            pythons.call(new PythonProcessPool.Call(procedure, positional, named), stored::brief);
                    note(name, found, null);
                    yield result;
                } catch (CompileException e) {
                    note(name, found, e);
                    throw e;
                }
            }
            case Callee.Broken(CompileException why) -> {
                note(name, found, why);
                throw why.again();
            }
        };
    }

    /** The path of the code that does not compile: the procedure, or one of its modules. */
    private Path culprit(Path name, @Nullable CompileException why) {
        Path module = why == null || CodeId.name(name).equals(why.name()) ? null : stored.module(why.name());
        return module == null
                ? options.prefixes().codes().append(name)
                : options.prefixes().modules().append(module);
    }

    /** Records in the error tree whether a procedure or one of its modules compiles. */
    private void note(Path name, Found found, @Nullable CompileException why) throws InterruptedException {
        if (!found.noted().getAndSet(true)) {
            errors.note(culprit(name, why), why);
            if (found.callee() instanceof Callee.OfJava(var procedure)) {
                for (String each : procedure.modules()) {
                    Path used = stored.module(each);
                    if (used != null) {
                        errors.note(options.prefixes().modules().append(used), null);
                    }
                }
            }
        }
    }

    /**
     * Runs a procedure on any one node of a group, as a job that vanishes with this client, and waits for its result.
     * It is started at most once.
     *
     * @throws ProcedureException if it fails there
     * @throws CallLostException if it was ended before it was done, for example because its node died
     * @throws CodeException if no runner of the group starts it
     */
    public @Nullable Object callIn(String group, String name, Map<String, ?> variables) throws InterruptedException {
        return callIn(group, path(name), variables);
    }

    /** Runs a procedure on any one node of a group, as {@link #callIn(String, String, Map)}. */
    public @Nullable Object callIn(String group, Path name, Map<String, ?> variables) throws InterruptedException {
        Map<String, @Nullable Object> data = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        return groups.call(group, name, data);
    }

    /** Waits until the write of a procedure with this tick is known here. */
    public void awaitProcedure(long tick) throws InterruptedException {
        stored.awaitProcedure(tick);
    }

    /** Waits until the write of a module with this tick is known here. */
    public void awaitModule(long tick) throws InterruptedException {
        stored.awaitModule(tick);
    }

    private Path path(String name) {
        Path known = names.get(name);
        if (known != null) {
            return known;
        } else if (name.isEmpty()) {
            throw new CodeException("name: empty (expected: the name of a procedure, for example demo.scale)");
        }
        Path path = Path.of(Arrays.asList(name.split("\\.", -1)));
        if (names.size() >= NAMES) {
            names.clear();
        }
        names.put(name, path);
        return path;
    }

    private Found find(Path name) {
        boolean requires = true;
        Callee callee;
        try {
            StoredCode.Found found = stored.procedure(name);
            if (found == null) {
                throw new CodeException("no procedure " + CodeId.name(name) + " is stored below "
                        + options.prefixes().codes());
            }
            requires = !found.procedure().requires().isEmpty();
            callee = switch (found.procedure().language()) {
                case PYTHON -> new Callee.OfPython(found);
                case JAVA -> new Callee.OfJava(compile(found.procedure()));
            };
        } catch (CompileException e) {
            callee = new Callee.Broken(e);
        }
        return new Found(callee, requires, new AtomicBoolean());
    }

    private CompiledProcedure compile(Procedure procedure) {
        ProcedureDefinition definition =
                new ProcedureDefinition(procedure.name(), procedure.source(), procedure.vars(), procedure.defaults());
        var compiled = CompiledProcedure.compile(javac, definition, stored.javaModules());
        stored.checkModules(compiled.modules());
        return compiled;
    }

    @Override
    public void close() {
        stored.close();
        pythons.close();
        groups.close();
        errors.close();
    }
}
