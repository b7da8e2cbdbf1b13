package distkv.code.call;

import java.util.ArrayList;
import java.util.List;

/** Commands that Ctrl-C does not reach: it is for the process that starts them, which ends them. */
public final class IgnoreInterrupt {
    private static final List<String> SHELL = List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$@\"");

    private IgnoreInterrupt() {}

    /**
     * The command with SIGINT ignored, which a program inherits from its shell. Otherwise Ctrl-C while Python starts
     * would have it print a traceback before it can ignore the signal itself. If the program cannot be started, the
     * exit status is 126 or 127.
     */
    public static List<String> command(List<String> words) {
        List<String> all = new ArrayList<>(SHELL);
        all.addAll(words);
        return all;
    }
}
