package distkv.cli.context;

import java.util.List;

/** Runs a command line in this process: for commands that run others. */
@FunctionalInterface
public interface CommandRunner {
    /** Runs {@code distkv WORDS…} and returns its exit code. */
    int run(Terminal terminal, List<String> words);
}
