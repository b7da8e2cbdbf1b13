package distkv.runner.lifecycle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The decisions about jobs with a bug in them: a patch is applied to one of the sources, which is compiled, all in memory,
 * and the packages that decide are loaded a second time with the result.
 */
final class Planted extends ClassLoader {
    private static final List<String> PACKAGES = List.of(
            "distkv.runner.lifecycle.", "distkv.runner.outbox.", "distkv.runner.schedule.", "distkv.runner.balance.");
    private final Map<String, byte[]> changed;

    private Planted(Map<String, byte[]> changed) {
        super(Planted.class.getClassLoader());
        this.changed = changed;
    }

    /** Loads the packages with that patch. */
    static Planted load(String patch) throws IOException {
        List<String> lines = patch.lines().toList();
        String file = lines.stream()
                .filter(line -> line.startsWith("+++ b/"))
                .findFirst()
                .orElseThrow()
                .substring("+++ b/runner/".length());
        String name =
                file.substring("src/main/java/".length()).replace('/', '.').replaceAll("\\.java$", "");
        String source = apply(lines, Files.readString(Path.of(file)));
        return new Planted(compile(name, source));
    }

    /** Applies the hunks of a unified diff, each where its old lines are. */
    static String apply(List<String> patch, String source) {
        String text = source;
        StringBuilder old = new StringBuilder();
        StringBuilder fresh = new StringBuilder();
        List<String> lines = new ArrayList<>(patch);
        lines.add("@@");
        for (String line : lines) {
            if (line.startsWith("@@")) {
                if (!text.contains(old)) {
                    throw new IllegalArgumentException("the patch does not fit: there is no\n" + old);
                }
                text = text.replace(old, fresh);
                old.setLength(0);
                fresh.setLength(0);
            } else if (line.startsWith("---") || line.startsWith("+++")) {
                old.setLength(0);
                fresh.setLength(0);
            } else if (line.startsWith(" ") || line.startsWith("-") || line.startsWith("+")) {
                old.append(line.startsWith("+") ? "" : line.substring(1) + "\n");
                fresh.append(line.startsWith("-") ? "" : line.substring(1) + "\n");
            }
        }
        return text;
    }

    private static Map<String, byte[]> compile(String name, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, ByteArrayOutputStream> written = new HashMap<>();
        JavaFileManager files =
                new ForwardingJavaFileManager<JavaFileManager>(compiler.getStandardFileManager(null, null, null)) {
                    @Override
                    public JavaFileObject getJavaFileForOutput(
                            Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
                        return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                            @Override
                            public OutputStream openOutputStream() {
                                return written.computeIfAbsent(className, key -> new ByteArrayOutputStream());
                            }
                        };
                    }
                };
        JavaFileObject unit =
                new SimpleJavaFileObject(
                        URI.create("memory:///" + name.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreErrors) {
                        return source;
                    }
                };
        List<String> options = List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path", ""));
        if (!compiler.getTask(null, files, null, options, null, List.of(unit)).call()) {
            throw new IllegalArgumentException("the patched " + name + " does not compile");
        }
        Map<String, byte[]> classes = new HashMap<>();
        written.forEach((className, bytes) -> classes.put(className, bytes.toByteArray()));
        return classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (PACKAGES.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = changed.get(name);
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (bytes == null && in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] all = bytes != null ? bytes : in.readAllBytes();
            return defineClass(name, all, 0, all.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    /**
     * What is wrong with the history of this seed; {@code null} if nothing is.
     *
     * @param history the class that makes histories
     */
    @Nullable
    String failure(String history, long seed) throws ReflectiveOperationException {
        var method = loadClass(history).getDeclaredMethod("failure", long.class);
        method.setAccessible(true);
        return (String) method.invoke(null, seed);
    }
}
