package distkv.testing;

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
 * Code with a fault in it: a patch is applied to one of the sources, which is compiled, all in memory, and some packages
 * are loaded a second time with the result.
 */
public final class PatchedClasses extends ClassLoader {
    private final List<String> packages;
    private final Map<String, byte[]> changed;

    private PatchedClasses(List<String> packages, Map<String, byte[]> changed) {
        super(PatchedClasses.class.getClassLoader());
        this.packages = packages;
        this.changed = changed;
    }

    /**
     * Loads packages with a patch.
     *
     * @param packages what the names of the classes begin with that are loaded a second time
     * @param patch of one Java file, as a unified diff of the project
     */
    public static PatchedClasses load(List<String> packages, String patch) throws IOException {
        String file = patch.lines()
                .filter(line -> line.startsWith("+++ b/"))
                .findFirst()
                .orElseThrow()
                .substring("+++ b/".length());
        String name = file.substring(file.indexOf("/java/") + "/java/".length())
                .replace('/', '.')
                .replaceAll("\\.java$", "");
        String source = apply(patch.lines().toList(), Files.readString(Path.of("..", file)));
        return new PatchedClasses(packages, compile(name, source));
    }

    /** Loads packages a second time as they are. */
    public static PatchedClasses unpatched(List<String> packages) {
        return new PatchedClasses(packages, Map.of());
    }

    /** Applies the hunks of a unified diff, each where its old lines are. */
    public static String apply(List<String> patch, String source) {
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
        if (packages.stream().noneMatch(name::startsWith)) {
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

    /** Calls a static method of one of the classes, which returns a text or {@code null}. */
    public @Nullable String call(String type, String method, Class<?> parameter, Object argument)
            throws ReflectiveOperationException {
        var found = loadClass(type).getDeclaredMethod(method, parameter);
        found.setAccessible(true);
        return (String) found.invoke(null, argument);
    }
}
