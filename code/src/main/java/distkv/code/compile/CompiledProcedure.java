package distkv.code.compile;

import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.Context;
import distkv.code.MissingVariablesException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A compiled procedure, for any number of threads: each call has its own instance of the class. */
public final class CompiledProcedure {
    private final ProcedureDefinition definition;
    private final Class<?> type;
    private final Set<String> modules;
    private final MethodHandle maker;
    private final MethodHandle run;
    /** The variable of each parameter; {@code null} for the {@link Context}. */
    private final @Nullable Variable[] parameters;
    /** The variables that positional arguments are assigned to, in order. */
    private final List<String> order;

    private final Set<String> required;

    private CompiledProcedure(ProcedureDefinition definition, Javac.Compiled compiled, Method method)
            throws ReflectiveOperationException {
        this.definition = definition;
        this.modules = compiled.modules();
        Class<?> type = compiled.type();
        this.type = type;
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        maker = lookup.findConstructor(type, MethodType.methodType(void.class))
                .asType(MethodType.methodType(Object.class));
        run = receiving(lookup.unreflect(method), method);
        Parameter[] declared = method.getParameters();
        parameters = new Variable[declared.length];
        List<String> bare = new ArrayList<>();
        for (int i = 0; i < declared.length; i++) {
            if (declared[i].getType() != Context.class) {
                Variable variable = Variable.of(definition.name(), declared[i]);
                parameters[i] = variable;
                if (!definition.defaults().containsKey(variable.name())) {
                    bare.add(variable.name());
                }
            }
        }
        required = new LinkedHashSet<>(definition.vars());
        required.addAll(bare);
        order = List.copyOf(required);
    }

    /** A handle that takes an instance and an array of all arguments, whether the method is static or not. */
    private static MethodHandle receiving(MethodHandle handle, Method method) {
        MethodHandle bound = java.lang.reflect.Modifier.isStatic(method.getModifiers())
                ? MethodHandles.dropArguments(handle, 0, Object.class)
                : handle;
        return bound.asType(bound.type().generic()).asSpreader(Object[].class, method.getParameterCount());
    }

    /**
     * Compiles a procedure.
     *
     * @throws CompileException if it does not compile
     */
    public static CompiledProcedure compile(Javac javac, ProcedureDefinition definition, ModuleSources modules) {
        Javac.Compiled compiled = javac.procedure(definition.name(), definition.source(), modules);
        List<Method> found = Arrays.stream(compiled.type().getDeclaredMethods())
                .filter(method -> method.getName().equals("run") && !method.isSynthetic())
                .toList();
        if (found.size() != 1) {
            throw new CompileException(
                    definition.name(),
                    0,
                    found.size() + " methods run outside of classes (expected: " + Javac.EXAMPLE + ")");
        }
        try {
            return new CompiledProcedure(definition, compiled, found.getFirst());
        } catch (ReflectiveOperationException e) {
            throw new CompileException(definition.name(), 0, String.valueOf(e.getMessage()));
        }
    }

    public String name() {
        return definition.name();
    }

    /** The compiled class. Its frames in a stack trace have this name, or this name followed by a dollar sign. */
    public Class<?> type() {
        return type;
    }

    /** The names of the stored modules that it uses, directly or indirectly. */
    public Set<String> modules() {
        return modules;
    }

    /** The required variables that are not among these. */
    public List<String> missing(Set<String> supplied) {
        return required.stream().filter(name -> !supplied.contains(name)).toList();
    }

    /**
     * Calls it.
     *
     * @param positional arguments for the required variables, in order
     * @param named variables by name; those that it does not take are ignored
     * @throws CodeException if the arguments do not fit
     * @throws Throwable whatever it throws
     */
    public @Nullable Object call(List<?> positional, Map<String, ?> named) throws Throwable {
        if (Arrays.asList(parameters).contains(null)) {
            throw new CodeException(name() + ": run takes a Context, which only jobs have (expected: variables only;"
                    + " or call it in a group, where it runs as a job)");
        }
        return invoke(null, bound(positional, named));
    }

    /**
     * Runs it as a job.
     *
     * @throws Throwable whatever it throws
     */
    public @Nullable Object run(Context self, Map<String, ?> vars) throws Throwable {
        return invoke(self, bound(List.of(), vars));
    }

    private Map<String, @Nullable Object> bound(List<?> positional, Map<String, ?> named) {
        if (positional.size() > order.size()) {
            throw new CodeException(name() + ": " + positional.size() + " positional arguments (expected: at most "
                    + order.size() + ": " + (order.isEmpty() ? "none" : String.join(", ", order)) + ")");
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>(definition.defaults());
        values.putAll(named);
        for (int i = 0; i < positional.size(); i++) {
            String name = order.get(i);
            if (named.containsKey(name)) {
                throw new CodeException(name() + ": " + name + " is passed twice, by position and by name");
            }
            values.put(name, positional.get(i));
        }
        for (String name : required) {
            if (!values.containsKey(name)) {
                throw new MissingVariablesException(name(), missing(values.keySet()));
            }
        }
        return values;
    }

    private @Nullable Object invoke(@Nullable Context self, Map<String, @Nullable Object> values) throws Throwable {
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) {
            Variable variable = parameters[i];
            arguments[i] = variable == null ? self : variable.read(values.get(variable.name()));
        }
        Object instance = maker.invoke();
        return run.invoke(instance, arguments);
    }
}
