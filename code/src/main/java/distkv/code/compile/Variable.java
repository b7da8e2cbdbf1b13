package distkv.code.compile;

import distkv.code.CodeException;
import distkv.model.Path;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of {@code run}, which gets the variable of its name.
 *
 * @param type the class that it accepts, boxed
 * @param primitive whether it refuses nil
 */
record Variable(String procedure, String name, Class<?> type, boolean primitive) {
    private static final int SHOWN = 60;
    private static final double NANOS = 1e9;

    static Variable of(String procedure, Parameter parameter) {
        Class<?> type = parameter.getType();
        return new Variable(procedure, parameter.getName(), boxed(type), type.isPrimitive());
    }

    private static Class<?> boxed(Class<?> type) {
        return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
    }

    /**
     * Converts a value of the tree for the parameter. Numbers are widened, and narrowed only if no information is lost.
     */
    @Nullable
    Object read(@Nullable Object given) {
        if (given == null) {
            if (primitive) {
                throw wrong(null);
            }
            return null;
        }
        Object fitting = type.isInstance(given) ? given : converted(given);
        if (fitting == null) {
            throw wrong(given);
        }
        return fitting;
    }

    private @Nullable Object converted(Object given) {
        if (given instanceof Number number) {
            return number(number);
        } else if (type == Path.class) {
            return path(given);
        }
        return null;
    }

    private @Nullable Object number(Number given) {
        if (type == Double.class) {
            return given.doubleValue();
        } else if (type == Float.class) {
            return given.floatValue();
        } else if (type == Duration.class) {
            return Duration.ofNanos(Math.round(given.doubleValue() * NANOS));
        }
        long whole = given.longValue();
        if (whole != given.doubleValue()) {
            return null;
        } else if (type == Long.class) {
            return whole;
        } else if (type == Integer.class) {
            return whole == (int) whole ? (Object) (int) whole : null;
        }
        return type == Short.class && whole == (short) whole ? (Object) (short) whole : null;
    }

    private static @Nullable Object path(Object given) {
        try {
            return switch (given) {
                case String text -> Path.parse(text);
                case List<?> elements -> Path.of(elements);
                default -> null;
            };
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private CodeException wrong(@Nullable Object given) {
        String shown = given instanceof String text ? '"' + text + '"' : String.valueOf(given);
        if (shown.length() > SHOWN) {
            shown = shown.substring(0, SHOWN) + "…";
        }
        return new CodeException(
                procedure + ": " + name + ": " + (given == null ? "nil" : shown) + " (expected: " + expected() + ")");
    }

    private String expected() {
        if (Number.class.isAssignableFrom(type)) {
            return type == Double.class || type == Float.class || type == Number.class ? "a number" : "an integer";
        } else if (type == Duration.class) {
            return "a number of seconds";
        } else if (type == Boolean.class) {
            return "true or false";
        } else if (CharSequence.class.isAssignableFrom(type)) {
            return "text";
        } else if (type == Path.class) {
            return "a path";
        } else if (List.class.isAssignableFrom(type)) {
            return "a list";
        }
        return Map.class.isAssignableFrom(type) ? "a map" : "a " + type.getSimpleName();
    }
}
