import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Rewrites a jar's classes as classes of Java 8: {@code java Modernise.java OLD.jar NEW.jar}.
 *
 * <p>picocli is compiled for Java 5. Classes that old have no stack maps, and the JVM keeps no such class in its
 * start-up cache, which would cost every command 150 of its 250 ms.
 */
final class Modernise {
    private static final int JAVA_8 = 52;

    public static void main(String[] names) throws IOException {
        try (JarFile old = new JarFile(names[0]);
                OutputStream file = Files.newOutputStream(Path.of(names[1]));
                JarOutputStream out = new JarOutputStream(file)) {
            for (JarEntry entry : old.stream().toList()) {
                byte[] content = old.getInputStream(entry).readAllBytes();
                boolean isClass = entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class");
                out.putNextEntry(new JarEntry(entry.getName()));
                out.write(isClass ? modern(content) : content);
            }
        }
    }

    private static byte[] modern(byte[] content) {
        ClassFile classes = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
        ClassTransform code = ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element));
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(JAVA_8, 0);
            } else {
                builder.with(element);
            }
        };
        return classes.transformClass(classes.parse(content), version.andThen(code));
    }
}
