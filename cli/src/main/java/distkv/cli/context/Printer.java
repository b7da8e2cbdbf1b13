package distkv.cli.context;

import distkv.cli.format.OutputFormat;
import distkv.cli.format.ReadableDates;
import distkv.cli.input.FailedException;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Prints results.
 *
 * @param isFormatGiven whether an option named this format, so that commands that print lines for people use it, too
 * @param metadata whether an entry's last change is printed beside its value
 * @param quiet whether remarks are left out
 */
public record Printer(Terminal terminal, OutputFormat format, boolean isFormatGiven, boolean metadata, boolean quiet) {
    /** The beginning of a line with advice. */
    public static final String HINT = "hint: ";

    public void document(@Nullable Object value) {
        terminal.out().print(format.document(value));
    }

    /** Prints one document of an endless stream; false if nobody reads them any more. */
    public boolean streamed(@Nullable Object value) {
        document(value);
        terminal.out().print(format.separator());
        return !terminal.out().checkError();
    }

    public void line(String text) {
        terminal.out().println(text);
    }

    /** Prints a line at once. */
    public void now(String text) {
        terminal.out().println(text);
        terminal.out().flush();
    }

    /** Prints what was done, for people; scripts use the exit code. */
    public void remark(String text) {
        if (!quiet) {
            terminal.out().println(text);
        }
    }

    /** The same, at once; nothing if a document is expected. */
    public void told(String text) {
        if (!quiet && !metadata && format != OutputFormat.json) {
            now(text);
        }
    }

    /** Prints progress, for people, on standard error. */
    public void progress(String text) {
        if (!quiet) {
            terminal.err().println(text);
        }
    }

    /** Prints why there is no result, unless quiet; returns the exit code. */
    public int nothing(String text) {
        return nothing(text, "");
    }

    /** The same, with advice. */
    public int nothing(String text, String hint) {
        tell(text, hint);
        return FailedException.EXIT_CODE;
    }

    /** Prints a warning: something that does not stop the command. */
    public void warning(String text) {
        warning(text, "");
    }

    /** The same, with advice. */
    public void warning(String text, String hint) {
        tell("distkv: note: " + text, hint);
    }

    private void tell(String text, String hint) {
        if (!quiet) {
            terminal.err().println(text);
            if (!hint.isEmpty()) {
                terminal.err().println(HINT + hint);
            }
        }
    }

    public ReadableDates dates() {
        return terminal.dates();
    }

    /** An entry's value, or with metadata a map that has it. */
    @Nullable
    public Object shown(String tree, Entry entry) {
        return shown(tree, entry, decoded(entry));
    }

    /** The same, for a value that is decoded, and perhaps changed, already. */
    @Nullable
    public Object shown(String tree, Entry entry, @Nullable Object value) {
        if (!metadata) {
            return value;
        }
        Map<String, @Nullable Object> all = written(tree, entry.tick());
        all.put("value", value);
        return all;
    }

    /** As {@link #shown(String, Entry, Object)}, with who wrote the entry. */
    public Map<String, @Nullable Object> shownWithAuthor(
            String tree, Entry entry, @Nullable Origin origin, @Nullable Object value) {
        Map<String, @Nullable Object> all = metadata ? written(tree, entry.tick()) : new LinkedHashMap<>();
        all.put("by", origin == null ? null : origin.by());
        if (origin != null && origin.cause() != 0) {
            all.put("cause", origin.cause());
        }
        all.put("value", value);
        return all;
    }

    /** Prints the metadata of a write that has just happened, if metadata is wanted. */
    public void wrote(TreeClient tree, TreeClient.Written written) {
        if (metadata) {
            Map<String, @Nullable Object> all = written(tree.name(), written.tick());
            all.put("changed", true);
            document(all);
        }
    }

    /** The metadata of a write. */
    public static Map<String, @Nullable Object> written(String tree, long tick) {
        Map<String, @Nullable Object> chain = new LinkedHashMap<>();
        chain.put("node", tree);
        chain.put("prev", null);
        chain.put("tick", tick);
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("chain", chain);
        all.put("tock", tick);
        return all;
    }

    public static @Nullable Object decoded(Entry entry) {
        Value value = entry.value();
        return value == null ? null : Values.decode(value);
    }

    /** A list that is printed item by item. Close it when there are no more. */
    public Listing listing() {
        return new Listing(this, true);
    }

    /** The same; if not {@code wanted}, a list that prints nothing. */
    public Listing listing(boolean wanted) {
        return new Listing(this, wanted);
    }

    /** A list whose items are printed one by one: each a path, and perhaps its value. */
    public static final class Listing implements AutoCloseable {
        private final Printer printer;
        private final boolean wanted;
        private boolean begun;

        private Listing(Printer printer, boolean wanted) {
            this.printer = printer;
            this.wanted = wanted;
        }

        public void item(Path path) {
            print(List.of(path), path);
        }

        public void item(Path path, @Nullable Object value) {
            Map<Path, @Nullable Object> pair = new LinkedHashMap<>();
            pair.put(path, value);
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            named.put("path", path);
            named.put("value", value);
            print(List.of(pair), named);
        }

        /** An item that is a line for people, and for programs a value. */
        public void row(String line, @Nullable Object json) {
            if (printer.format == OutputFormat.json) {
                print(List.of(), json);
            } else {
                printer.line(line);
            }
        }

        private void print(List<?> yaml, @Nullable Object json) {
            if (printer.format != OutputFormat.json) {
                printer.document(yaml);
            } else {
                String item = printer.format.document(json);
                printer.terminal.out().print((begun ? ",\n" : "[\n") + item.substring(0, item.length() - 1));
            }
            begun = true;
        }

        @Override
        public void close() {
            if (printer.format == OutputFormat.json && wanted) {
                printer.terminal.out().print(begun ? "\n]\n" : "[]\n");
            }
        }
    }
}
