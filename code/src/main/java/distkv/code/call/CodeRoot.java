package distkv.code.call;

import distkv.client.Client;
import distkv.client.Mirror;
import distkv.code.CallLostException;
import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.MissingVariablesException;
import distkv.code.ProcedureException;
import distkv.code.compile.Javac;
import distkv.code.compile.Procedure;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The stored procedures, to be called by any number of threads: {@code code.call("forty.two", 21)}. Those in Java run in
 * the calling thread; they are compiled when they are first called, and again after they or a module have changed. Those
 * in Python run in processes of this machine that are kept warm; to interrupt a call ends its process.
 *
 * <p>Values are Java objects as {@link Values} has them. What a Java procedure returns is handed on as it is.
 */
public final class CodeRoot implements AutoCloseable {
    /** How many names that callers use are remembered as paths. */
    private static final int NAMES = 10_000;

    private final CodeOptions options;
    private final Mirror procedures;
    private final Modules modules;
    private final Pythons pythons;
    private final GroupCalls groups;
    private final Javac javac = new Javac();
    private final Map<String, Path> names = new ConcurrentHashMap<>();
    private final Map<Path, Callee> callees = new ConcurrentHashMap<>();

    /** What calling comes to. */
    private sealed interface Callee {
        record OfJava(Procedure procedure) implements Callee {}

        record OfPython(Stored.InPython procedure) implements Callee {}

        record Broken(CompileException why) implements Callee {}
    }

    private CodeRoot(Client client, CodeOptions options) {
        this.options = options;
        procedures = client.mirror(options.procedures());
        modules = new Modules(client.mirror(options.modules()), options.modules(), callees::clear);
        pythons = new Pythons(options);
        groups = new GroupCalls(client, options);
    }

    /** Everything where it usually is, and {@code python3}. Waits until all stored code is known. */
    public static CodeRoot open(Client client) throws InterruptedException {
        return open(client, CodeOptions.defaults());
    }

    /** The stored code of a client's tree. Waits until it is known. */
    public static CodeRoot open(Client client, CodeOptions options) throws InterruptedException {
        CodeRoot root = new CodeRoot(client, options);
        root.procedures.listen((before, now) -> root.callees.remove(now.path().below(options.procedures())));
        root.procedures.awaitInitial();
        root.modules.await();
        return root;
    }

    /**
     * Calls a procedure.
     *
     * @param name where it is below the prefix, its elements joined by dots
     * @param arguments values for the variables that it requires, in order
     * @return what it returns
     * @throws MissingVariablesException if it requires more, naming what
     * @throws CompileException if it does not compile
     * @throws ProcedureException what it throws, if it is in Python or throws a checked exception
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
        return switch (callees.computeIfAbsent(name, this::callee)) {
            case Callee.OfJava(Procedure procedure) -> JavaCall.call(procedure, positional, named);
            case Callee.OfPython(Stored.InPython procedure) ->
                pythons.call(procedure, positional, named, modules::brief);
            case Callee.Broken(CompileException why) -> throw why.again();
        };
    }

    /**
     * Runs a procedure on any one node of a group, as a job that vanishes with this client, and waits for what comes of
     * it. It begins at most once.
     *
     * @throws ProcedureException if it fails there
     * @throws CallLostException if it was ended before it was done, for example since its node has died
     * @throws CodeException if no runner of the group begins it
     */
    public @Nullable Object callIn(String group, String name, Map<String, ?> variables) throws InterruptedException {
        return callIn(group, path(name), variables);
    }

    /** Runs a procedure on any one node of a group, as {@link #callIn(String, String, Map)}. */
    public @Nullable Object callIn(String group, Path name, Map<String, ?> variables) throws InterruptedException {
        Map<String, @Nullable Object> data = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        return groups.call(group, name, data);
    }

    /** Waits until a write with this tick, of a procedure, is known here. */
    public void awaitProcedure(long tick) throws InterruptedException {
        procedures.awaitTick(tick);
    }

    /** Waits until a write with this tick, of a module, is known here. */
    public void awaitModule(long tick) throws InterruptedException {
        modules.await(tick);
    }

    private Path path(String name) {
        Path known = names.get(name);
        if (known != null) {
            return known;
        } else if (name.isEmpty()) {
            throw new CodeException("an empty name (expected: that of a procedure, for example demo.scale)");
        }
        Path path = Path.of(Arrays.asList(name.split("\\.", -1)));
        if (names.size() >= NAMES) {
            names.clear();
        }
        names.put(name, path);
        return path;
    }

    private Callee callee(Path name) {
        Entry entry = procedures.get(options.procedures().append(name));
        if (entry == null) {
            throw new CodeException("no procedure " + Stored.name(name) + " is stored below " + options.procedures());
        }
        try {
            return switch (Stored.read(name, entry)) {
                case Stored.InPython procedure -> new Callee.OfPython(procedure);
                case Stored.InJava(var definition) ->
                    new Callee.OfJava(Procedure.compile(javac, definition, modules.java()));
            };
        } catch (CompileException e) {
            return new Callee.Broken(e);
        }
    }

    @Override
    public void close() {
        procedures.close();
        modules.close();
        pythons.close();
        groups.close();
    }
}
