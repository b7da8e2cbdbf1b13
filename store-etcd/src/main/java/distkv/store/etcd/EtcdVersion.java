package distkv.store.etcd;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which versions of etcd keep their promises. */
record EtcdVersion(int major, int minor, int patch) implements Comparable<EtcdVersion> {
    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");
    /** Before it, a leader that was cut off may revoke leases of clients that are alive, and watches may lose events. */
    private static final EtcdVersion SAFE = new EtcdVersion(3, 5, 13);

    private static final EtcdVersion GOOD_3_5 = new EtcdVersion(3, 5, 23);
    private static final EtcdVersion GOOD_3_6 = new EtcdVersion(3, 6, 5);
    private static final String RECOMMENDED = "3.6.14";

    static EtcdVersion parse(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        return numbers.matches()
                ? new EtcdVersion(number(numbers, 1), number(numbers, 2), number(numbers, 3))
                : new EtcdVersion(0, 0, 0);
    }

    private static int number(Matcher numbers, int group) {
        return (int) Math.min(Long.parseLong(numbers.group(group)), 9_999);
    }

    /** Why it is not to be used; {@code null} if it may be. */
    @Nullable
    String refusal() {
        return compareTo(SAFE) >= 0
                ? null
                : "etcd " + this + " may lose events and end leases of servers that are alive (expected: " + SAFE
                        + " or later, best " + RECOMMENDED + " or later)";
    }

    /** What people should know about it; {@code null} for nothing. */
    @Nullable
    String warning() {
        EtcdVersion good = minor == 5 && major == 3 ? GOOD_3_5 : GOOD_3_6;
        return compareTo(good) >= 0
                ? null
                : "etcd " + this + " has known faults (better: " + RECOMMENDED + " or later)";
    }

    @Override
    public int compareTo(EtcdVersion other) {
        int byMajor = Integer.compare(major, other.major);
        int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
        return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d.%d.%d", major, minor, patch);
    }
}
