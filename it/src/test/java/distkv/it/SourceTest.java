package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is asked of every source file, whatever is in it. */
class SourceTest {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final int MOST_LINES = 600;

    @Test
    void noFileOfTheProductIsLongerThanOneCanRead() throws IOException {
        assertThat(sources()
                        .filter(file -> !file.toString().matches(".*/(src/test|tests)/.*"))
                        .filter(file -> lines(file).size() > MOST_LINES))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() throws IOException {
        List<Path> packages = sources()
                .filter(file -> file.toString().contains("/src/main/java/"))
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(packages)
                .hasSizeGreaterThan(8)
                .allSatisfy(directory -> assertThat(lines(directory.resolve("package-info.java")))
                        .contains("@NullMarked")
                        .anyMatch(line -> line.startsWith("/**")));
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        String left = "TO" + "DO";
        String broken = "FIX" + "ME";
        assertThat(sources()
                        .filter(file ->
                                lines(file).stream().anyMatch(line -> line.contains(left) || line.contains(broken))))
                .isEmpty();
    }

    private static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT)) {
            return files
                    .filter(file ->
                            file.toString().endsWith(".java") || file.toString().endsWith(".py"))
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
