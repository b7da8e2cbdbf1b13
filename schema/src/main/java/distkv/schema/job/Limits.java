package distkv.schema.job;

import distkv.schema.BadEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much a job may use: one that uses more is ended, with an error that names the limit. Each is {@code null} where
 * there is no such limit.
 *
 * @param memory bytes of the job's process and of all that it starts, {@value #LEAST_MEMORY} or more
 * @param cpu seconds of processor time, likewise of all together
 * @param files how many files and sockets each process may have open, {@value #LEAST_FILES} or more
 * @param processes how many processes and threads the code may have running beside the worker itself
 * @param time seconds from its start
 * @param network whether it may use the network, beyond the server
 */
public record Limits(
        @Nullable Long memory,
        @Nullable Double cpu,
        @Nullable Long files,
        @Nullable Long processes,
        @Nullable Double time,
        @Nullable Boolean network) {

    /** No limits. */
    public static final Limits NONE = new Limits(null, null, null, null, null, null);

    private static final List<String> NAMES = List.of("memory", "cpu", "files", "processes", "time", "network");

    /** Less than this is not enough for Python itself. */
    public static final long LEAST_MEMORY = 8L << 20;

    /** A worker has some files open, and opens more to load code. */
    public static final long LEAST_FILES = 32;

    /** What a run had that has no limit of memory itself: with others like it, or alone if it has other limits. */
    private static final String SHARED = "runs without such a limit may use here (runner.memory)";

    private static final double LONGEST = 1e9;
    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
    /** A number of so many digits is a long in any case. */
    private static final int LONG_DIGITS = 18;

    /** Reads the {@code limits} of a job or of a configuration: a map, or nil for none. */
    public static Limits read(@Nullable Object found) throws BadEntry {
        if (found == null) {
            return NONE;
        }
        if (!(found instanceof Map<?, ?> map)) {
            throw wrong("limits", found, "a map of " + String.join(", ", NAMES));
        }
        for (Object name : map.keySet()) {
            if (name == null || !NAMES.contains(name)) {
                throw wrong("limits", name, "one of " + String.join(", ", NAMES));
            }
        }
        return new Limits(
                memory("limits.memory", map.get("memory")),
                seconds(map, "cpu"),
                count(map, "files", LEAST_FILES),
                count(map, "processes", 0),
                seconds(map, "time"),
                network(map.get("network")));
    }

    private static @Nullable Boolean network(@Nullable Object found) throws BadEntry {
        if (found == null || found instanceof Boolean) {
            return (Boolean) found;
        }
        throw wrong("limits.network", found, "true or false");
    }

    /**
     * Reads limits as they are written on a command line.
     *
     * @param words each {@code NAME=VALUE}, e.g. {@code memory=64M}; a value of {@code -} says that there is none
     * @return what an entry or a configuration holds: a map that {@link #read} takes; {@code null} values are for {@code -}
     */
    public static Map<String, @Nullable Object> parse(List<String> words) throws BadEntry {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw wrong("limits", word, "NAME=VALUE, e.g. memory=64M");
            }
            String text = word.substring(equals + 1);
            String name = word.substring(0, equals);
            Object value = text;
            if (text.equals("-")) {
                value = null;
            } else if (name.equals("network") && (text.equals("true") || text.equals("false"))) {
                value = Boolean.valueOf(text);
            } else if (NUMBER.matcher(text).matches()) {
                boolean whole = !text.contains(".") && text.length() <= LONG_DIGITS;
                value = whole ? (Object) Long.valueOf(text) : (Object) Double.valueOf(text);
            }
            map.put(name, value);
        }
        read(map);
        return map;
    }

    /** Reads a size of memory; {@code null} if there is none. */
    public static @Nullable Long memory(String key, @Nullable Object found) throws BadEntry {
        if (found == null) {
            return null;
        }
        double bytes = switch (found) {
            case Long number -> number;
            case Integer number -> number;
            case String text -> size(text);
            default -> Double.NaN;
        };
        if (bytes >= LEAST_MEMORY && bytes < Long.MAX_VALUE) {
            return (long) bytes;
        }
        throw wrong(key, found, "bytes, or a text like \"64M\"; 8M or more");
    }

    private static double size(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            return Double.NaN;
        }
        int power = " KMGT".indexOf(Character.toUpperCase((matcher.group(2) + " ").charAt(0)));
        return Double.parseDouble(matcher.group(1)) * (1L << (10 * power));
    }

    private static @Nullable Double seconds(Map<?, ?> map, String name) throws BadEntry {
        Object found = map.get(name);
        if (found == null) {
            return null;
        }
        if (found instanceof Number number && number.doubleValue() > 0 && number.doubleValue() <= LONGEST) {
            return number.doubleValue();
        }
        throw wrong("limits." + name, found, "a number of seconds, more than 0");
    }

    private static @Nullable Long count(Map<?, ?> map, String name, long least) throws BadEntry {
        Object found = map.get(name);
        if (found == null) {
            return null;
        }
        // A number in a configuration file may be an Integer.
        if ((found instanceof Long || found instanceof Integer)
                && found instanceof Number number
                && number.longValue() >= least
                && number.longValue() <= Integer.MAX_VALUE) {
            return number.longValue();
        }
        throw wrong("limits." + name, found, "an integer, " + least + " or more");
    }

    private static BadEntry wrong(String key, @Nullable Object found, String expected) {
        return new BadEntry(key, found instanceof String text ? '"' + text + '"' : found, expected);
    }

    /** Whether there is none that takes a process of its own. Those without a network can share one. */
    public boolean isEmpty() {
        return memory == null && cpu == null && files == null && processes == null && time == null;
    }

    /** Whether the run is to be without a network. */
    public boolean isOffline() {
        return Boolean.FALSE.equals(network);
    }

    /** These, and for what they do not say the others. */
    public Limits over(Limits others) {
        return new Limits(
                memory == null ? others.memory : memory,
                cpu == null ? others.cpu : cpu,
                files == null ? others.files : files,
                processes == null ? others.processes : processes,
                time == null ? others.time : time,
                network == null ? others.network : network);
    }

    /** Which of these allows more than the others do: its name; {@code null}: none does. */
    public @Nullable String beyond(Limits most) {
        Map<String, @Nullable Object> mine = encode();
        for (Map.Entry<String, @Nullable Object> each : most.encode().entrySet()) {
            String name = each.getKey();
            boolean exceeds = switch (each.getValue()) {
                case Boolean network -> !network && !isOffline();
                case Number limit -> !(mine.get(name) instanceof Number own) || own.doubleValue() > limit.doubleValue();
                case null, default -> false;
            };
            if (exceeds) {
                return name;
            }
        }
        return null;
    }

    /** These, as the worker protocol has them. */
    public Map<String, @Nullable Object> encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("memory", memory);
        map.put("cpu", cpu);
        map.put("files", files);
        map.put("processes", processes);
        map.put("time", time);
        map.put("network", network);
        map.values().removeIf(value -> value == null);
        return map;
    }

    /** What a run is told that has exceeded the limit of this name, e.g. {@code memory: more than 64M}. */
    public String exceeded(String name) {
        return name + ": more than " + (name.equals("memory") && memory == null ? SHARED : text(name));
    }

    /** One of these as people write it, e.g. {@code 64M}; {@code none} if there is none of this name. */
    public String text(String name) {
        Object value = encode().get(name);
        return switch (name) {
            case "memory" -> memory == null ? "none" : size(memory);
            case "cpu", "time" -> value == null ? "none" : number(value) + " s";
            default -> value == null ? "none" : number(value);
        };
    }

    private static String size(long bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + "M" : bytes + " bytes";
    }

    private static String number(@Nullable Object value) {
        return value instanceof Double number && number == Math.rint(number)
                ? Long.toString(number.longValue())
                : String.valueOf(value);
    }
}
