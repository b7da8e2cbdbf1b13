package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.options.BindAddress;
import distkv.client.Watch;
import distkv.client.WatchOptions;
import distkv.runner.Runner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Does what pages say, one after another, with a real server and real runners, in a directory that is not the checkout;
 * compares what is printed. The command lines run in this process.
 */
final class PageRun {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
    private static final Pattern TIMED = Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  .*");
    /** A line of the log of this process, in which runners of other terminals run. */
    private static final Pattern LOGGED = Pattern.compile("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} [A-Z]+ .*");

    private static final Duration PATIENCE = Duration.ofSeconds(100);
    /** Long enough not to be lost on a machine that has much else to do. */
    private static final Duration TTL = Duration.ofSeconds(30);

    private final Path directory;
    private final House house;
    private final Runner runner;
    /** Commands that go on, by their last words. */
    private final List<Background> background = new ArrayList<>();

    private Page.Program lastProgram = new Page.Program(0, "", "");

    private record Background(String command, Thread thread, Lines said) {
        void end() throws InterruptedException {
            thread.interrupt();
            thread.join();
        }
    }

    PageRun(Path directory) throws Exception {
        this.directory = directory;
        house = new House(directory.resolve("house"));
        runner = house.runner("vm", TTL);
    }

    /** Does what a page says; returns how many commands and programs that were. */
    int run(String name) throws Exception {
        int count = 0;
        for (Page.Part part : Page.read(CHECKOUT.resolve(name)).parts()) {
            switch (part) {
                case Page.Command command -> {
                    run(name, command);
                    count++;
                }
                case Page.Program program -> {
                    lastProgram = program;
                    count += run(name, program) ? 1 : 0;
                }
            }
        }
        return count;
    }

    private void run(String page, Page.Command command) throws Exception {
        String where = "%s:%d: %s".formatted(page, command.line(), command.text());
        switch (command.comment()) {
            case "" -> {}
            case "the runner was killed, and there is no other" -> killTheRunner();
            default -> throw new IllegalStateException(where + ": " + command.comment() + " (expected: a known event)");
        }
        List<String> parts = List.of(command.text().split(" && ", -1));
        for (String part : parts.subList(0, parts.size() - 1)) {
            assertThat(said(part)).as(where).isEmpty();
        }
        String last = parts.getLast();
        List<String> output = command.output().lines().toList();
        if (last.endsWith(" &") || last.startsWith("./distkv up") || last.contains(" run logs ")) {
            Background started = start(last.replace(" &", ""));
            for (String line : output) {
                awaitLine(where, started, line);
            }
            return;
        }
        List<String> live = output.stream()
                .filter(line -> TIMED.matcher(line).matches() && !last.contains(" run history "))
                .toList();
        List<String> expected =
                comparable(output.stream().filter(line -> !live.contains(line)).toList());
        String said = isQuestion(last) ? saidOnce(last, expected::equals) : said(last);
        assertThat(comparable(said.lines().toList())).as("%s%n%s", where, said).isEqualTo(expected);
        for (String line : live) {
            awaitLine(where, background.getLast(), line);
        }
    }

    /** Its lines with every number and date replaced; what is said while something takes long need not be said. */
    private static List<String> comparable(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.endsWith(" …") && !LOGGED.matcher(line).matches())
                .map(PageRun::masked)
                .toList();
    }

    private static String masked(String line) {
        return line.replaceAll("\\d[\\d.:-]*( \\d\\d:\\d\\d:[\\d.]+)?", "#")
                .replaceAll("#[smhd]\\b", "#s")
                .replaceAll("(?<=\\S) {2,}", "  ");
    }

    private void awaitLine(String where, Background of, String line) throws Exception {
        String text = masked(line);
        String home = directory.resolve("house").toString();
        try {
            of.said().await(said -> masked(said.replace(home, "/home/me")).equals(text), PATIENCE);
        } catch (IllegalStateException e) {
            throw new AssertionError(where + ": not said: " + line + "; " + e.getMessage(), e);
        }
    }

    /** Whether a command changes nothing, so that it may be asked again. */
    private static boolean isQuestion(String command) {
        return command.matches(".* (get|list|state|history)( .*)?");
    }

    /** Asks until the answer is as wanted, after every change of the tree; returns the last answer. */
    private String saidOnce(String question, Predicate<List<String>> wanted) throws Exception {
        Watch changes = house.client.watch(distkv.model.Path.ROOT, WatchOptions.CHANGES);
        Thread timer = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(PATIENCE);
                changes.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            String said = said(question);
            while (!wanted.test(comparable(said.lines().toList())) && changes.next() != null) {
                said = said(question);
            }
            return said;
        } finally {
            timer.interrupt();
            changes.close();
        }
    }

    /** Starts a command that goes on until it is ended. */
    private Background start(String command) throws Exception {
        List<String> words = new ArrayList<>(words(command));
        assertThat(words.removeFirst()).isEqualTo("./distkv");
        if (words.getFirst().equals("up")) {
            words.addAll(List.of("--bind", "127.0.0.1:0"));
            words.addAll(0, List.of("-C", "connect.name=vm"));
        }
        Lines said = new Lines();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        Background started =
                new Background(command, Thread.ofPlatform().start(() -> house.commandLine(out, words)), said);
        background.add(started);
        if (command.endsWith(" run monitor")) {
            // It says nothing of what was there when it began, so something happens until it is heard.
            int[] count = {0};
            said.await(
                    " waits      listening",
                    () -> house.set(":.distkv.state.any.default.listening", Map.of("reason", "number " + count[0]++)));
            house.distkv("data", "delete", ":.distkv.state.any.default.listening");
        }
        return started;
    }

    /** The last runner is in a process of its own, and is killed when it runs what the others have left to it. */
    private void killTheRunner() throws Exception {
        for (Background one : background) {
            if (one.command().contains(" run all")) {
                one.end();
            }
        }
        runner.close();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "distkv.cli.Main",
                        "-C",
                        "connect.host=" + BindAddress.LOOPBACK,
                        "-C",
                        "connect.port=" + house.port(),
                        "-C",
                        "connect.name=vm",
                        "client",
                        "run",
                        "all",
                        "--every-kind",
                        "--python",
                        House.PYTHON)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("runner.log").toFile())
                .start();
        try {
            saidOnce("./distkv client run list -t kitchen", said -> said.contains("kitchen demo.scale vm"));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** What a command prints on both streams. */
    private String said(String command) throws IOException {
        List<String> words = new ArrayList<>(words(command));
        if (words.getFirst().equals("echo") && words.get(2).equals(">")) {
            Files.writeString(directory.resolve(words.get(3)), words.get(1) + "\n");
            return "";
        } else if (words.getFirst().equals("sudo")) {
            words.removeFirst();
            if (words.getFirst().equals("useradd")) {
                return "";
            }
            words.addAll(List.of("--root", directory.resolve("image").toString()));
        }
        assertThat(words.getFirst().replaceFirst("^\\./", "")).as(command).isEqualTo("distkv");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        house.commandLine(
                Shell.stream(out),
                words.subList(1, words.size()).stream().map(this::file).toList());
        return out.toString(StandardCharsets.UTF_8)
                .replace(directory.resolve("image").toString(), "");
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        for (Matcher matcher = WORD.matcher(command); matcher.find(); ) {
            words.add(
                    matcher.group(1) != null
                            ? matcher.group(1)
                            : Objects.requireNonNullElse(matcher.group(2), matcher.group(0)));
        }
        return words;
    }

    /** A file is one of the examples, or one in the directory; what is not there is the program shown last. */
    private String file(String word) {
        if (word.startsWith("examples/")) {
            return CHECKOUT.resolve(word).toString();
        } else if (!word.matches("\\w+\\.(py|java)")) {
            return word;
        }
        Path file = directory.resolve(word);
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, lastProgram.text());
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return file.toString();
    }

    /** Runs a program that is one; false if it is a part of one. */
    private boolean run(String page, Page.Program program) throws Exception {
        String text = program.text().replace("27586", Integer.toString(house.port()));
        List<String> command;
        if (program.language().equals("python") && text.contains("anyio.run(")) {
            Path file = Files.writeString(directory.resolve("program.py"), text);
            command = List.of(House.PYTHON, file.toString());
        } else if (program.language().equals("java") && text.contains("void main(String[] ")) {
            Path file = Files.writeString(directory.resolve("Program.java"), text);
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            command = List.of(java, "-cp", System.getProperty("java.class.path"), file.toString());
        } else {
            return false;
        }
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s:%d: %s", page, program.line(), said)
                .isZero();
        assertThat(said).as("%s:%d", page, program.line()).contains("42");
        return true;
    }

    /** Ends all that was started. */
    void close() throws Exception {
        for (Background one : background) {
            one.end();
        }
        house.close();
    }
}
