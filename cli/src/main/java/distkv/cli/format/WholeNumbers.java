package distkv.cli.format;

/** Numbers as people write them. */
public final class WholeNumbers {
    private static final double MOST = 1e15;

    private WholeNumbers() {}

    /** An integer if it is one. */
    public static Object whole(double number) {
        return number == Math.rint(number) && Math.abs(number) < MOST ? (Object) (long) number : (Object) number;
    }
}
