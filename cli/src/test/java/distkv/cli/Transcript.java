package distkv.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A recorded session with the original's command line. */
record Transcript(List<Step> steps) {
    private static final Pattern STEP =
            Pattern.compile("^\\$ distkv (.*?)\\n(.*?)^\\[exit (\\d+).*?\\]$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    /** A command, what it printed (both streams), and its exit code. */
    record Step(String command, String output, int exit) {
        List<String> words() {
            List<String> words = new ArrayList<>();
            for (Matcher matcher = WORD.matcher(command); matcher.find(); ) {
                words.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
            }
            return words;
        }
    }

    static Transcript read(String name) throws IOException {
        List<Step> steps = new ArrayList<>();
        for (Matcher matcher = STEP.matcher(resource(name)); matcher.find(); ) {
            steps.add(new Step(matcher.group(1), matcher.group(2), Integer.parseInt(matcher.group(3))));
        }
        return new Transcript(steps);
    }

    static String resource(String name) throws IOException {
        try (InputStream in = Transcript.class.getResourceAsStream("/transcripts/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** An output's lines, sorted, with every number and date replaced: siblings come in another order there. */
    static List<String> comparable(String output) {
        return output.lines()
                .map(line -> line.replaceAll("\\d[\\d.:-]*( \\d\\d:\\d\\d:[\\d.]+)?", "#"))
                .filter(line -> !line.strip().equals("seq: #"))
                .sorted()
                .toList();
    }
}
