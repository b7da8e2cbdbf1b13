package distkv.code.compile;

import java.util.Map;

/** Loads the classes of one version of a procedure and of the modules that it imports. */
final class StoredClassLoader extends ClassLoader {
    private final Map<String, byte[]> classes;

    StoredClassLoader(Map<String, byte[]> classes, ClassLoader parent) {
        super(parent);
        this.classes = classes;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] content = classes.get(name);
        if (content == null) {
            throw new ClassNotFoundException(name);
        }
        return defineClass(name, content, 0, content.length);
    }
}
