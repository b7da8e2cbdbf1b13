package distkv.schema.job;

import distkv.schema.BadEntry;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** One field of {@link Cron}: {@code *}, a number or name, {@code a-b}, each with {@code /step}, or several, by commas. */
final class CronField {
    private final String name;
    private final String text;
    private final int least;
    private final int most;
    private final List<String> words;

    private CronField(String name, String text, int least, int most, List<String> words) {
        this.name = name;
        this.text = text;
        this.least = least;
        this.most = most;
        this.words = words;
    }

    /** Which numbers are meant; {@code words} are names for {@code least} and the numbers after it. */
    static BitSet read(String name, String text, int least, int most, List<String> words) throws BadEntry {
        CronField field = new CronField(name, text, least, most, words);
        BitSet set = new BitSet();
        for (String part : text.split(",", -1)) {
            field.add(part, set);
        }
        return set;
    }

    private void add(String part, BitSet set) throws BadEntry {
        String[] stepped = part.split("/", 2);
        String[] range = stepped[0].equals("*")
                ? new String[] {String.valueOf(least), String.valueOf(most)}
                : stepped[0].split("-", 2);
        int first = number(range[0]);
        int last = range.length > 1 ? number(range[1]) : stepped.length > 1 ? most : first;
        int step = stepped.length > 1 ? digits(stepped[1]) : 1;
        if (last < first || step == 0) {
            throw wrong();
        }
        for (int value = first; value <= last; value += step) {
            set.set(value);
        }
    }

    private int number(String word) throws BadEntry {
        int named = words.indexOf(word.toLowerCase(Locale.ROOT));
        if (named >= 0) {
            return least + named;
        }
        int number = digits(word);
        if (number < least || number > most) {
            throw wrong();
        }
        return number;
    }

    private int digits(String word) throws BadEntry {
        if (!word.matches("[0-9]{1,3}")) {
            throw wrong();
        }
        return Integer.parseInt(word);
    }

    private BadEntry wrong() {
        String named = words.isEmpty() ? "" : ", or " + words.getFirst() + " to " + words.getLast();
        return new BadEntry(
                Cron.FIELD + ", " + name,
                text,
                "*, " + least + " to " + most + named + ", ranges a-b, steps */n, commas");
    }
}
