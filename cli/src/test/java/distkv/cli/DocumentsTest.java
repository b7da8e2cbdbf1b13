package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The documents' commands and programs do what the pages say, in the pages' order, with a real server and real runners.
 * They are run in a directory that is not the checkout; the command lines in this process.
 */
@Timeout(300)
class DocumentsTest {
    private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
    private static final long PATIENCE_NANOS = 100_000_000_000L;
    /** What a page shows of these is not run: the house is up already, and nothing is to be installed. */
    private static final List<String> ELSEWHERE = List.of("./distkv up", "sudo ", "./distkv install");
    /** What these tell of depends on who is quicker; {@code LiveCommandsTest} and {@code RunHistoryTest} have them. */
    private static final List<String> STORIES = List.of("./distkv client run monitor", "./distkv client run history");
    /** A comment says that something else has happened before: that is told, and not run. */
    private static final Pattern TOLD = Pattern.compile(" {4,}# ");

    @TempDir
    private Path directory;

    private House house;
    private final List<Thread> background = new ArrayList<>();
    private Page.Program lastProgram = new Page.Program(0, "", "");

    @BeforeEach
    void start() throws Exception {
        house = new House(directory.resolve("house"));
        // Long enough not to be lost on a machine that has much else to do.
        house.runner("vm", Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() throws Exception {
        for (Thread thread : background) {
            thread.interrupt();
            thread.join();
        }
        house.close();
    }

    /** The second page goes on where the first one ends. */
    @Test
    void theReadmeIsRunAndThenThePageAboutJobs() throws Exception {
        assertThat(run("README.md")).isGreaterThan(20);
        assertThat(run("docs/runner.md")).isGreaterThan(8);
    }

    @Test
    void thePageAboutJavaIsRun() throws Exception {
        assertThat(run("docs/java.md")).isGreaterThan(3);
    }

    /** Runs a page; says how many commands and programs were run. */
    private int run(String name) throws Exception {
        Page page = Page.read(CHECKOUT.resolve(name));
        int count = 0;
        for (Page.Part part : page.parts()) {
            switch (part) {
                case Page.Command command -> {
                    if (Stream.concat(ELSEWHERE.stream(), STORIES.stream()).noneMatch(command.text()::startsWith)
                            && !TOLD.matcher(command.text()).find()) {
                        run(name, command);
                        count++;
                    }
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
        List<String> parts = List.of(command.text().split(" && ", -1));
        for (String part : parts.subList(0, parts.size() - 1)) {
            assertThat(said(part)).as("%s:%d: %s", page, command.line(), part).isEmpty();
        }
        String last = parts.getLast();
        if (last.endsWith(" &")) {
            background.add(Thread.ofPlatform().start(() -> saidQuietly(last.substring(0, last.length() - 2))));
            return;
        }
        if (last.contains(" run logs")) {
            follow(last, command.output());
            return;
        }
        List<String> expected = comparable(command.output());
        long end = System.nanoTime() + PATIENCE_NANOS;
        String said = said(last);
        // What jobs do takes them a moment.
        while (isQuestion(last) && !comparable(said).equals(expected) && System.nanoTime() < end) {
            Thread.sleep(50);
            said = said(last);
        }
        assertThat(comparable(said))
                .as("%s:%d: %s%n%s", page, command.line(), last, said)
                .isEqualTo(expected);
    }

    /** What is said while something takes long is not said if it does not. */
    private static List<String> comparable(String output) {
        return Transcript.comparable(output).stream()
                .filter(line -> !line.endsWith(" …"))
                .toList();
    }

    /** Waits until a command that goes on for ever says that. */
    private void follow(String command, String line) throws Exception {
        Lines lines = new Lines();
        List<String> words = words(command);
        background.add(Thread.ofPlatform()
                .start(() -> house.commandLine(
                        new PrintStream(lines, true, StandardCharsets.UTF_8), words.subList(1, words.size()))));
        String text = line.substring(line.indexOf("  ")).strip();
        lines.await(text.substring(text.indexOf(' ')).strip(), () -> {});
    }

    /** Whether a command changes nothing, so that it may be asked again. */
    private static boolean isQuestion(String command) {
        return command.matches(".* (get|list|state|history)( .*)?");
    }

    private void saidQuietly(String command) {
        try {
            said(command);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What a command prints on both streams. */
    private String said(String command) throws IOException {
        List<String> words = words(command);
        if (words.getFirst().equals("echo") && words.get(2).equals(">")) {
            Files.writeString(directory.resolve(words.get(3)), words.get(1) + "\n");
            return "";
        }
        assertThat(words.getFirst()).as(command).isEqualTo("./distkv");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        house.commandLine(
                Shell.stream(out),
                words.subList(1, words.size()).stream().map(this::file).toList());
        return out.toString(StandardCharsets.UTF_8);
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
}
