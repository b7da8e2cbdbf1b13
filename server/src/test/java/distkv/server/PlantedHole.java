package distkv.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The server with a check removed: a patch changes one line of one of the sources, which is compiled in memory, and the
 * rooms access and server are loaded a second time with the result.
 */
final class PlantedHole extends ClassLoader {
    private static final List<String> PACKAGES = List.of("distkv.access.", "distkv.server.");
    private static final String FILE = "+++ b/";
    private final Map<String, byte[]> changed;

    private PlantedHole(Map<String, byte[]> changed) {
        super(PlantedHole.class.getClassLoader());
        this.changed = changed;
    }

    static PlantedHole none() {
        return new PlantedHole(Map.of());
    }

    /** Loads the rooms with that patch. */
    static PlantedHole load(String patch) throws IOException {
        String file = lines(patch, FILE).strip();
        String name = file.substring(file.indexOf("/java/") + "/java/".length())
                .replace('/', '.')
                .replaceAll("\\.java$", "");
        String source = Files.readString(Path.of("..", file));
        String old = lines(patch.replace("--- ", ""), "-");
        if (!source.contains(old)) {
            throw new IllegalArgumentException("the patch does not fit: there is no\n" + old);
        }
        return new PlantedHole(compile(name, source.replace(old, lines(patch.replace(FILE, ""), "+"))));
    }

    /** The lines that begin so, without that. */
    private static String lines(String patch, String beginning) {
        return patch.lines()
                .filter(line -> line.startsWith(beginning))
                .map(line -> line.substring(beginning.length()) + "\n")
                .collect(Collectors.joining());
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

    /** What {@link HoleFinder} finds; {@code null} if it finds nothing. */
    @Nullable
    String found(Path directory) throws ReflectiveOperationException {
        var find = loadClass(HoleFinder.class.getName()).getDeclaredMethod("find", Path.class);
        find.setAccessible(true);
        return (String) find.invoke(null, directory);
    }
}
