package distkv.it;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules for all Java source files. {@code python/} has its own. */
class SourceTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final int MAX_METHOD_LINES = 70;
    private static final int MAX_PACKAGE_FILES = 25;
    private static final Pattern PACKAGE_DOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);

    /** A type of the main code. */
    private record Type(String name, String qualified, Kind kind) {}

    private enum Kind {
        TOP_LEVEL,
        /** Always written with the name of the interface, as {@code Reply.Message}. */
        VARIANT,
        NESTED
    }

    private static final List<String> LONG_METHODS = new ArrayList<>();
    private static final List<Type> TYPES = new ArrayList<>();

    /** Parses all Java files once: the methods of all code, and the types of the main code. */
    @BeforeAll
    static void parse() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    null,
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(sources("\\.java").toList()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new Collector(positions, unit).scan(new TreePath(unit), null);
            }
        }
    }

    private static final class Collector extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final SourcePositions positions;
        private final CompilationUnitTree unit;
        private final boolean isMain;

        Collector(SourcePositions positions, CompilationUnitTree unit) {
            this.positions = positions;
            this.unit = unit;
            this.isMain = unit.getSourceFile().getName().contains("/src/main/java/");
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void none) {
            Tree owner = getCurrentPath().getParentPath().getLeaf();
            boolean isPrivate = type.getModifiers().getFlags().contains(Modifier.PRIVATE);
            boolean isNamed = !type.getSimpleName().isEmpty();
            if (isMain && isNamed && !isPrivate && (owner == unit || owner instanceof ClassTree)) {
                String name = type.getSimpleName().toString();
                TYPES.add(new Type(name, qualified(name), kind(owner)));
            }
            return super.visitClass(type, null);
        }

        private Kind kind(Tree owner) {
            if (!(owner instanceof ClassTree outer)) {
                return Kind.TOP_LEVEL;
            }
            return outer.getModifiers().getFlags().contains(Modifier.SEALED) ? Kind.VARIANT : Kind.NESTED;
        }

        private String qualified(String name) {
            String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
            String outer = file.replace(".java", "");
            return unit.getPackageName() + "." + (outer.equals(name) ? name : outer + "." + name);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void none) {
            long start = positions.getStartPosition(unit, method);
            long end = positions.getEndPosition(unit, method);
            if (start >= 0 && end >= 0) {
                long first = unit.getLineMap().getLineNumber(start);
                long lines = unit.getLineMap().getLineNumber(end) - first + 1;
                if (lines > MAX_METHOD_LINES) {
                    Path file = PROJECT.relativize(Path.of(unit.getSourceFile().getName()));
                    LONG_METHODS.add(file + ":" + first + " " + method.getName() + ": " + lines + " lines");
                }
            }
            return super.visitMethod(method, null);
        }
    }

    @Test
    void aMethodFitsAScreen() {
        assertThat(LONG_METHODS).isEmpty();
    }

    @Test
    void aPackageHasAHandfulOfFiles() throws IOException {
        Map<String, Long> files = sources("/src/main/java/.*\\.java")
                .filter(file -> !file.endsWith("package-info.java"))
                .collect(groupingBy(file -> PROJECT.relativize(file.getParent()).toString(), TreeMap::new, counting()));
        assertThat(files)
                .hasSizeGreaterThan(8)
                .allSatisfy(
                        (directory, count) -> assertThat(count).as(directory).isLessThanOrEqualTo(MAX_PACKAGE_FILES));
    }

    /** Nested types that are private, or variants of a sealed type, are read where their outer type's name stands. */
    @Test
    void noTypeHasTheNameOfAnother() {
        Map<String, List<Type>> byName = new TreeMap<>(TYPES.stream().collect(groupingBy(Type::name)));
        Map<String, List<String>> twice = new HashMap<>();
        byName.forEach((name, types) -> {
            List<Type> counted =
                    types.stream().filter(type -> type.kind() != Kind.VARIANT).toList();
            boolean isTopLevel = counted.stream().anyMatch(type -> type.kind() == Kind.TOP_LEVEL);
            if (isTopLevel && counted.size() > 1) {
                twice.put(name, counted.stream().map(Type::qualified).toList());
            }
        });
        assertThat(TYPES).hasSizeGreaterThan(200);
        assertThat(twice).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsInOneSentence() throws IOException {
        List<Path> packages = sources("/src/main/java/.*\\.java")
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(packages).hasSizeGreaterThan(8).allSatisfy(directory -> {
            String text = String.join("\n", lines(directory.resolve("package-info.java")));
            assertThat(text).contains("@NullMarked");
            Matcher doc = PACKAGE_DOC.matcher(text);
            assertThat(doc.find()).as("a comment for %s", directory).isTrue();
            String first = doc.group(1)
                    .replaceAll("\n \\*", "\n")
                    .split("\n\\s*\n|<p>", -1)[0]
                    .replaceAll("\\s+", " ")
                    .strip();
            assertThat(first).as("%s", directory).endsWith(".").doesNotContainPattern("[.!?] [A-Z]");
        });
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        String left = "TO" + "DO";
        String broken = "FIX" + "ME";
        assertThat(sources("\\.(java|py)")
                        .filter(file ->
                                lines(file).stream().anyMatch(line -> line.contains(left) || line.contains(broken))))
                .isEmpty();
    }

    /** The files of the project whose paths end like this. */
    private static Stream<Path> sources(String end) throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT)) {
            return files
                    .filter(file -> file.toString().matches(".*" + end))
                    .filter(file -> !file.toString().matches(".*/(target|build|\\.venv|\\.git|node_modules)/.*"))
                    .toList()
                    .stream();
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
