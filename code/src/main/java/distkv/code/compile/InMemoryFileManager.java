package distkv.code.compile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/**
 * What one compilation reads and writes: the stored modules are its source path, so that imported ones are compiled
 * with it, and classes are kept in memory. The class path is that of the underlying file manager. Used by one thread.
 */
final class InMemoryFileManager extends ForwardingJavaFileManager<JavaFileManager> {
    final Map<String, byte[]> classes = new LinkedHashMap<>();
    private final Map<String, SourceText> modules = new LinkedHashMap<>();

    InMemoryFileManager(JavaFileManager below, ModuleSources sources) {
        super(below);
        sources.texts().forEach((name, text) -> modules.put(name, SourceText.module(name, text)));
    }

    @Override
    public boolean hasLocation(Location location) {
        return location == StandardLocation.SOURCE_PATH || super.hasLocation(location);
    }

    @Override
    public Iterable<JavaFileObject> list(Location location, String packageName, Set<Kind> kinds, boolean recurse)
            throws IOException {
        if (location != StandardLocation.SOURCE_PATH) {
            return super.list(location, packageName, kinds, recurse);
        }
        List<JavaFileObject> found = new ArrayList<>();
        for (SourceText module : modules.values()) {
            String in = packageOf(module.binaryName);
            if (kinds.contains(Kind.SOURCE)
                    && (in.equals(packageName) || (recurse && in.startsWith(packageName + ".")))) {
                found.add(module);
            }
        }
        return found;
    }

    private static String packageOf(String className) {
        return className.substring(0, Math.max(0, className.lastIndexOf('.')));
    }

    @Override
    public @Nullable String inferBinaryName(Location location, JavaFileObject file) {
        return file instanceof SourceText source ? source.binaryName : super.inferBinaryName(location, file);
    }

    @Override
    public boolean isSameFile(FileObject a, FileObject b) {
        return (a instanceof SourceText || b instanceof SourceText) ? a.equals(b) : super.isSameFile(a, b);
    }

    @Override
    public @Nullable JavaFileObject getJavaFileForInput(Location location, String className, Kind kind)
            throws IOException {
        return location == StandardLocation.SOURCE_PATH
                ? modules.get(className)
                : super.getJavaFileForInput(location, className, kind);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
            Location location, String className, Kind kind, @Nullable FileObject sibling) {
        return new SimpleJavaFileObject(URI.create("compiled:///" + className.replace('.', '/')), kind) {
            @Override
            public OutputStream openOutputStream() {
                return new ByteArrayOutputStream() {
                    @Override
                    public void close() {
                        classes.put(className, toByteArray());
                    }
                };
            }
        };
    }

    /** Does nothing: the underlying file manager serves the next compilation. */
    @Override
    public void close() {}
}
