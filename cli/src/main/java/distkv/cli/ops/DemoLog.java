package distkv.cli.ops;

import distkv.cli.context.Terminal;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Prints what happens in the demonstration, one line each, with the time since the start. Any thread may call it. */
final class DemoLog {
    private static final String[] PALETTE = {"36", "35", "33", "32", "34"};
    private static final int WHO_WIDTH = 8;

    private final PrintStream out;
    private final boolean colours;
    private final long begun = System.nanoTime();
    private final Map<String, String> colourOf = new ConcurrentHashMap<>();

    DemoLog(Terminal terminal) {
        this.out = terminal.out();
        this.colours = terminal.colours();
    }

    /** Prints a heading. */
    void chapter(String text) {
        print(paint("1", text));
    }

    /** Prints what a node, or something in the house, did. */
    void line(String who, String text) {
        double seconds = (System.nanoTime() - begun) / 1e9;
        String time = paint("2", String.format("%7.3f s", seconds));
        String colour = colourOf.computeIfAbsent(who, name -> PALETTE[colourOf.size() % PALETTE.length]);
        print(time + "  " + paint(colour, pad(who)) + "  " + text);
    }

    private synchronized void print(String text) {
        out.println(text);
        out.flush();
    }

    private String paint(String colour, String text) {
        return colours ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
    }

    private static String pad(String who) {
        return who + " ".repeat(Math.max(0, WHO_WIDTH - who.length()));
    }
}
