package distkv.code.compile;

import com.sun.source.util.JavacTask;
import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.Context;
import distkv.code.Message;
import distkv.model.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import javax.lang.model.SourceVersion;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The compiler of stored Java, for any number of threads: one compiles, the others wait. Stored code sees the class
 * path of this process and the stored modules.
 */
public final class Javac {
    /** What a procedure need not import, besides {@code java.base}. */
    private static final String IMPORTS = "import " + Context.class.getPackageName() + ".*; import "
            + Message.class.getName() + ".*; import " + Path.class.getName() + "; ";

    private static final List<String> OPTIONS =
            List.of("-parameters", "-proc:none", "-implicit:class", "-g", "-nowarn", "-Xmaxerrs", "1");
    private static final Set<String> RESTRICTED = Set.of("var", "yield", "record", "sealed", "permits");
    static final String EXAMPLE = "a method run, for example: long run(long x) { return 2 * x; }";

    private final JavaCompiler compiler;
    private final StandardJavaFileManager files;
    /** Guards the files. They are opened once, since opening takes longer than compiling a procedure. */
    private final ReentrantLock lock = new ReentrantLock();

    public Javac() {
        JavaCompiler found = ToolProvider.getSystemJavaCompiler();
        if (found == null) {
            throw new CodeException("java: no compiler (expected: a JDK, not a JRE)");
        }
        compiler = found;
        files = found.getStandardFileManager(null, Locale.ENGLISH, StandardCharsets.UTF_8);
    }

    /**
     * A compiled procedure.
     *
     * @param modules the stored modules that it uses, which were compiled with it
     */
    record Compiled(Class<?> type, Set<String> modules) {}

    /**
     * Compiles a procedure.
     *
     * @param name the name by which errors refer to it, for example {@code demo.scale}
     * @throws CompileException naming the procedure or module that is wrong, and the line
     */
    Compiled procedure(String name, String text, ModuleSources modules) {
        String className = className(name);
        InMemoryFileManager memory = new InMemoryFileManager(files, modules);
        compile(SourceText.procedure(name, className, IMPORTS, text), memory);
        Set<String> used = new LinkedHashSet<>(modules.texts().keySet());
        used.retainAll(memory.classes.keySet());
        try {
            Class<?> type = new StoredClassLoader(memory.classes, Javac.class.getClassLoader()).loadClass(className);
            return new Compiled(type, used);
        } catch (ClassNotFoundException e) {
            throw new CompileException(
                    name, 0, "compiled to " + memory.classes.keySet() + " (expected: " + EXAMPLE + ")");
        }
    }

    /**
     * Checks a module.
     *
     * @throws CompileException if it does not compile, or does not declare the class of its name
     */
    public void module(String name, String text, ModuleSources others) {
        InMemoryFileManager memory = new InMemoryFileManager(files, others);
        compile(SourceText.module(name, text), memory);
        if (!memory.classes.containsKey(name)) {
            throw new CompileException(
                    name, 0, "declares " + memory.classes.keySet() + " (expected: the class " + name + ")");
        }
    }

    private void compile(SourceText source, InMemoryFileManager memory) {
        lock.lock();
        try {
            DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
            // Parses the text alone first: the added text would change the error about an unclosed brace or comment.
            task(source.bare(), memory, problems).parse();
            check(source, problems);
            task(source, memory, problems).generate();
            check(source, problems);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private JavacTask task(
            SourceText source, InMemoryFileManager memory, DiagnosticCollector<JavaFileObject> problems) {
        return (JavacTask) compiler.getTask(Writer.nullWriter(), memory, problems, OPTIONS, null, List.of(source));
    }

    private static void check(SourceText source, DiagnosticCollector<JavaFileObject> problems) {
        for (Diagnostic<? extends JavaFileObject> problem : problems.getDiagnostics()) {
            if (problem.getKind() == Diagnostic.Kind.ERROR) {
                SourceText where = problem.getSource() instanceof SourceText other ? other : source;
                String text = problem.getMessage(Locale.ENGLISH).strip().replaceAll("\\s*\\R\\s*", "; ");
                boolean statements = "compiler.err.statement.not.expected".equals(problem.getCode());
                throw new CompileException(
                        where.name,
                        (int) Math.max(0, problem.getLineNumber()),
                        statements ? text + " (expected: " + EXAMPLE + ")" : text + column(where, problem));
            }
        }
    }

    private static String column(SourceText where, Diagnostic<?> problem) {
        long column = where.column(problem.getLineNumber(), problem.getColumnNumber());
        return problem.getColumnNumber() < 1 ? "" : " (column " + column + ")";
    }

    /** The name of the implicit class: the procedure's name, made an identifier. */
    private static String className(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints()
                .map(each -> Character.isJavaIdentifierPart(each) ? each : '_')
                .forEach(text::appendCodePoint);
        boolean taken = SourceVersion.isKeyword(text) || RESTRICTED.contains(text.toString());
        return taken || !Character.isJavaIdentifierStart(text.codePointAt(0)) ? "_" + text : text.toString();
    }
}
