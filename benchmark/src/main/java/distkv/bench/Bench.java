package distkv.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Measures the requested rows and prints the results; {@code ./bench} starts it. */
public final class Bench {
    private final SortedSet<Integer> rows = new TreeSet<>();
    private @Nullable Path json;

    private Bench() {}

    /**
     * Arguments: the project's directory, a working directory, the interpreter of the environment that has the
     * original, then those of the command line.
     */
    public static void main(String[] arguments) throws Exception {
        // Silences the client of a peer.
        LogManager.getLogManager().reset();
        Bench bench = new Bench();
        try {
            bench.read(List.of(arguments).subList(3, arguments.length));
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage());
            System.err.println("usage: ./bench [ROW…] [--json FILE]   (rows: " + numbers() + ")");
            System.exit(2);
        }
        Path directory = Path.of(arguments[1]);
        clear(directory);
        Files.createDirectories(directory);
        boolean met;
        try (Testbed testbed = new Testbed(Path.of(arguments[0]), directory, Path.of(arguments[2]))) {
            met = bench.run(testbed);
        }
        clear(directory);
        System.exit(met ? 0 : 1);
    }

    private void read(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--json") && i + 1 < arguments.size()) {
                json = Path.of(arguments.get(++i));
            } else if (argument.matches("\\d{1,3}") && numbers().contains(number(argument))) {
                rows.add(number(argument));
            } else {
                throw new IllegalArgumentException(argument + " (expected: a row's number, or --json FILE)");
            }
        }
    }

    private static List<Integer> numbers() {
        return BenchRow.all().stream().map(BenchRow::number).toList();
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private boolean run(Testbed testbed) throws Exception {
        long start = System.nanoTime();
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        double load = machine.getSystemLoadAverage();
        List<BenchResult> results = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (BenchRow row : BenchRow.all()) {
            if (rows.isEmpty() || rows.contains(row.number())) {
                testbed.say("row " + row.number() + ": " + row.title());
                try {
                    List<BenchResult> found = row.measurement().in(testbed);
                    found.forEach(result -> testbed.say("  " + BenchResult.number(result.value()) + " " + result.unit()
                            + " (" + result.target() + ")"));
                    results.addAll(found);
                } catch (IOException | IllegalStateException failure) {
                    failures.add("row " + row.number() + " could not be measured: " + failure.getMessage());
                    testbed.say("  " + failures.getLast());
                }
            }
        }
        System.out.print(ResultTable.of(results));
        failures.forEach(System.out::println);
        System.out.printf(
                "ratio: value / peer's value; %d processors, load %.1f before; %d s in all%n",
                machine.getAvailableProcessors(), load, (System.nanoTime() - start) / 1_000_000_000);
        write(results);
        return failures.isEmpty() && results.stream().allMatch(BenchResult::met);
    }

    private void write(List<BenchResult> results) throws IOException {
        Path file = json;
        if (file != null) {
            Files.writeString(
                    file,
                    results.stream()
                            .flatMap(result -> result.json().stream())
                            .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n")));
        }
    }

    private static void clear(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path done, @Nullable IOException failure) throws IOException {
                Files.delete(done);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
