package distkv.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A page of the documents: its commands, with what they print, and its programs, in their order. */
record Page(String name, List<Part> parts) {
    /** One of them. */
    sealed interface Part {}

    /**
     * A command line.
     *
     * @param line where it is, counted from 1
     * @param text without the comment at its end
     * @param comment what has happened before, or ""
     * @param output the lines below it
     */
    record Command(int line, String text, String comment, String output) implements Part {}

    /** A block of code in that language. */
    record Program(int line, String language, String text) implements Part {}

    static Page read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Part> parts = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            if (lines.get(at).startsWith("```")) {
                int begin = at++;
                while (!lines.get(at).equals("```")) {
                    at++;
                }
                List<String> block = lines.subList(begin + 1, at);
                String language = lines.get(begin).substring(3);
                if (language.isEmpty()) {
                    commands(begin + 2, block, parts);
                } else {
                    parts.add(new Program(begin + 1, language, String.join("\n", block) + "\n"));
                }
            }
        }
        return new Page(file.getFileName().toString(), parts);
    }

    private static void commands(int line, List<String> block, List<Part> parts) {
        for (int at = 0; at < block.size(); at++) {
            if (!block.get(at).startsWith("$ ")) {
                continue;
            }
            int begin = at;
            StringBuilder text = new StringBuilder(block.get(at).substring(2));
            while (text.charAt(text.length() - 1) == '\\') {
                text.setLength(text.length() - 1);
                text.append(block.get(++at).strip());
            }
            StringBuilder output = new StringBuilder();
            while (at + 1 < block.size() && !block.get(at + 1).startsWith("$ ")) {
                output.append(block.get(++at)).append('\n');
            }
            String[] parted = text.toString().split(" {4,}# ", 2);
            parts.add(new Command(line + begin, parted[0], parted.length == 1 ? "" : parted[1], output.toString()));
        }
    }
}
