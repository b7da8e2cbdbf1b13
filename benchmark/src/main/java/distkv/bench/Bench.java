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

/** Runs the rows asked for and prints what they found; {@code ./bench} calls it with the project's directory. */
public final class Bench {
    private final SortedSet<Integer> rows = new TreeSet<>();
    private @Nullable Path json;

    private Bench() {}

    /**
     * Arguments: the project's directory, one to work in, the Python that has the original, and those of the command
     * line.
     */
    public static void main(String[] arguments) throws Exception {
        // The chatter of a peer's client.
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
        try (Lab lab = new Lab(Path.of(arguments[0]), directory, Path.of(arguments[2]))) {
            met = bench.run(lab);
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
        return Row.all().stream().map(Row::number).toList();
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }

    private boolean run(Lab lab) throws Exception {
        long start = System.nanoTime();
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        double load = machine.getSystemLoadAverage();
        List<Result> results = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Row row : Row.all()) {
            if (rows.isEmpty() || rows.contains(row.number())) {
                lab.say("row " + row.number() + ": " + row.title());
                try {
                    List<Result> found = row.measurement().in(lab);
                    found.forEach(result -> lab.say(
                            "  " + Result.number(result.value()) + " " + result.unit() + " (" + result.target() + ")"));
                    results.addAll(found);
                } catch (IOException | IllegalStateException failure) {
                    failures.add("row " + row.number() + " could not be measured: " + failure.getMessage());
                    lab.say("  " + failures.getLast());
                }
            }
        }
        System.out.print(Table.of(results));
        failures.forEach(System.out::println);
        System.out.printf(
                "ratio: value / peer's value; %d processors, load %.1f before; %d s in all%n",
                machine.getAvailableProcessors(), load, (System.nanoTime() - start) / 1_000_000_000);
        write(results);
        return failures.isEmpty() && results.stream().allMatch(Result::met);
    }

    private void write(List<Result> results) throws IOException {
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
