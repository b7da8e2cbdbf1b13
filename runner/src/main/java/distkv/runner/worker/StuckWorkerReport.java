package distkv.runner.worker;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the run that is to blame for a worker in which no thread could run any more, from the stacks that Python's
 * faulthandler wrote: all threads, each with its innermost call first. The main thread, which runs the event loop, is
 * the "current" one.
 */
final class StuckWorkerReport {
    private static final int LONGEST = 32_768;
    private static final String MESSAGE =
            "blocked its process for more than 5 s, in code that lets no other thread run (expected: await, or is_async"
                    + " unset)";

    private StuckWorkerReport() {}

    /** The runs whose code is on the main thread's stack; if there are none, those on any stack; otherwise all runs. */
    static List<Launch> guilty(String where, Collection<Launch> runs) {
        int main = where.indexOf("Current thread");
        List<Launch> inMain = in(main < 0 ? "" : where.substring(main), runs);
        List<Launch> anywhere = inMain.isEmpty() ? in(where, runs) : inMain;
        return anywhere.isEmpty() ? List.copyOf(runs) : anywhere;
    }

    private static List<Launch> in(String text, Collection<Launch> runs) {
        return runs.stream().filter(run -> text.contains(file(run))).toList();
    }

    /** The failure of that run. */
    static Ended.Failed failure(String where, Launch run) {
        String trace = where.length() > LONGEST ? where.substring(where.length() - LONGEST) : where;
        return new Ended.Failed(Ended.Fault.BLOCKED, "Blocked", MESSAGE, trace, line(where, run), Map.of());
    }

    private static @Nullable Long line(String where, Launch run) {
        int main = Math.max(0, where.indexOf("Current thread"));
        Matcher line =
                Pattern.compile(Pattern.quote(file(run)) + ", line (\\d{1,9}) ").matcher(where);
        return line.find(main) || line.find(0) ? (Long) Long.parseLong(line.group(1)) : null;
    }

    /** What faulthandler calls the procedure of a run. */
    private static String file(Launch run) {
        StringBuilder name = new StringBuilder("File \"distkv:");
        run.procedure().path().toString().codePoints().forEach(c -> {
            if (c >= ' ' && c < 127) {
                name.appendCodePoint(c);
            } else {
                name.append(
                        c < 0x100
                                ? "\\x%02x".formatted(c)
                                : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c));
            }
        });
        return name.append('"').toString();
    }
}
