package distkv.protocol;

import distkv.model.Bytes;
import distkv.model.Path;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Values of all kinds, from a seed, as the objects that {@link Values#decode} makes of them. */
final class RandomValues {
    private final Random random;

    RandomValues(long seed) {
        random = new Random(seed);
    }

    @Nullable
    Object next() {
        return next(0);
    }

    private @Nullable Object next(int depth) {
        return switch (random.nextInt(depth < 4 ? 11 : 9)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2, 3 -> random.nextLong() >> random.nextInt(64);
            case 4 -> new BigInteger(64 + random.nextInt(70), random).setBit(63 + random.nextInt(3));
            case 5 -> random.nextBoolean() ? random.nextInt(100) / 4.0 : random.nextGaussian() * 1e100;
            case 6 -> text();
            case 7 -> bytes();
            case 8 -> random.nextBoolean() ? path() : new Ext(50 - random.nextInt(100) | 8, bytes());
            case 9 -> list(depth);
            default -> map(depth);
        };
    }

    Path path() {
        List<Object> elements = new ArrayList<>();
        for (int count = random.nextInt(5); count > 0; count--) {
            elements.add(
                    switch (random.nextInt(6)) {
                        case 0 -> random.nextLong() >> random.nextInt(64);
                        case 1 -> random.nextDouble();
                        case 2 -> new Bytes(bytes());
                        case 3 -> BigInteger.TWO.pow(62 + random.nextInt(10));
                        case 4 -> Path.of("nested", random.nextInt());
                        default -> text();
                    });
        }
        return Path.of(elements);
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int count = size(); count > 0; count--) {
            list.add(next(depth + 1));
        }
        return list;
    }

    private Map<Object, @Nullable Object> map(int depth) {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int count = size(); count > 0; count--) {
            map.put(random.nextInt(4) > 0 ? text() : random.nextInt(1000) - 500L, next(depth + 1));
        }
        return map;
    }

    /** Mostly small, at times beyond what a one-byte head can count. */
    private int size() {
        return random.nextInt(20) == 0 ? 20 : random.nextInt(5);
    }

    private String text() {
        String alphabet = "abc\0\1 :.é日𝄞";
        StringBuilder text = new StringBuilder();
        for (int count = length(); count > 0; count--) {
            int at = alphabet.offsetByCodePoints(0, random.nextInt(alphabet.codePointCount(0, alphabet.length())));
            text.appendCodePoint(alphabet.codePointAt(at));
        }
        return text.toString();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[length()];
        random.nextBytes(bytes);
        return bytes;
    }

    private int length() {
        return switch (random.nextInt(30)) {
            case 0 -> 300;
            case 1 -> 40;
            case 2 -> 16;
            default -> random.nextInt(6);
        };
    }
}
