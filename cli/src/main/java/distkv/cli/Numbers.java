package distkv.cli;

/** Numbers as people write them. */
final class Numbers {
    private static final double MOST = 1e15;

    private Numbers() {}

    /** An integer if it is one. */
    static Object whole(double number) {
        return number == Math.rint(number) && Math.abs(number) < MOST ? (Object) (long) number : (Object) number;
    }
}
