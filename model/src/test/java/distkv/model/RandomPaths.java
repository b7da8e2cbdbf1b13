package distkv.model;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Paths of all kinds of elements, awkward ones more often than not, from a seed. */
final class RandomPaths {
    private static final String[] TEXTS = {
        "", "a", "b", ":", ".", " ", "a.b", "a:b", "_", "t", "x1", "é", "日本", "𝄞", "\0", "\1", "a\0b", "a\1", "'",
        "\"", "\\", "\n", "\u200b", "=", ","
    };
    private static final double[] FLOATS = {
        0,
        -0.0,
        1,
        -1.5,
        1e16,
        1e15,
        1e-5,
        1e-4,
        123456.789,
        Double.MAX_VALUE,
        Double.MIN_VALUE,
        5e-300,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };

    private final Random random;

    RandomPaths(long seed) {
        random = new Random(seed);
    }

    List<Object> elements() {
        return elements(0);
    }

    private List<Object> elements(int nesting) {
        List<Object> elements = new ArrayList<>();
        for (int count = random.nextInt(5); count > 0; count--) {
            elements.add(element(nesting));
        }
        return elements;
    }

    private Object element(int nesting) {
        return switch (random.nextInt(nesting < 3 ? 10 : 9)) {
            case 0 -> Nil.NIL;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> beyondLong(new BigInteger(64 + random.nextInt(80), random).setBit(64));
            case 4 ->
                random.nextBoolean()
                        ? FLOATS[random.nextInt(FLOATS.length)]
                        : Double.longBitsToDouble(random.nextLong());
            case 5 -> bytes();
            case 6, 7, 8 -> text();
            default -> Path.of(elements(nesting + 1));
        };
    }

    private BigInteger beyondLong(BigInteger number) {
        return random.nextBoolean() ? number : number.negate();
    }

    private Bytes bytes() {
        byte[] bytes = new byte[random.nextInt(4)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] &= 0x7F;
            }
        }
        return new Bytes(bytes);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int count = random.nextInt(3); count >= 0; count--) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return text.toString();
    }
}
