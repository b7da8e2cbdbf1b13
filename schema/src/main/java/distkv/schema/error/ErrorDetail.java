package distkv.schema.error;

import distkv.model.Path;
import distkv.schema.job.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one node saw of an error: the entry below its record.
 *
 * @param seen unix time; 0: unknown
 * @param tock roughly when, in the order of all changes; 0: unknown
 * @param message what happened, in one line
 * @param comment the error as its language writes it
 * @param text the error's own text (the field {@code str})
 * @param type the exception's class, without its package; {@code null} if there was none
 * @param reason why a run was lost or refused, where that is what happened
 * @param trace where it happened
 * @param data what is needed to see it happen again
 */
public record ErrorDetail(
        double seen,
        long tock,
        @Nullable String message,
        @Nullable String comment,
        @Nullable String text,
        @Nullable String type,
        Reason.@Nullable Code reason,
        @Nullable String trace,
        Map<String, @Nullable Object> data) {

    /** The messages of nodes that were lost, from before details had a {@code reason}. */
    private static final List<String> OLD_LOSSES = List.of("Runner killed", "Runner restarted");

    /** Reads an entry; what is not there, or not as expected, counts as absent. */
    public static ErrorDetail read(Map<?, ?> map) {
        String message = text(map, "message");
        String comment = text(map, "comment");
        String text = text(map, "str");
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        if (map.get("data") instanceof Map<?, ?> given) {
            given.forEach((key, value) -> data.put(String.valueOf(key), value));
        }
        return new ErrorDetail(
                map.get("seen") instanceof Number number ? number.doubleValue() : 0,
                map.get("tock") instanceof Number number ? number.longValue() : 0,
                message,
                comment,
                text,
                map.get("type") instanceof String type ? type : text == null ? null : oldType(comment),
                reason(text(map, "reason"), message),
                text(map, "trace"),
                data);
    }

    private static @Nullable String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : null;
    }

    /** Details that were written before they had a {@code type} have it in the comment: {@code ValueError('no')}. */
    private static @Nullable String oldType(@Nullable String comment) {
        if (comment == null) {
            return null;
        }
        int end = comment.indexOf('(');
        return end > 0 ? comment.substring(0, end) : null;
    }

    private static Reason.@Nullable Code reason(@Nullable String word, @Nullable String message) {
        if (word != null) {
            return Reason.ofText(word).code();
        }
        return message != null && OLD_LOSSES.contains(message) ? Reason.Code.NODE_LOST : null;
    }

    /** The procedure where it happened, as the data name it; {@code null} if they do not. */
    public @Nullable Object code() {
        return data.get("code") instanceof List<?> elements ? Path.of(elements) : data.get("code");
    }

    /** The line of that procedure; {@code null} if the data do not name it. */
    public @Nullable Number line() {
        return data.get("line") instanceof Number number ? number : null;
    }

    /** As it is in the entry; what is {@code null} is left out. */
    Map<String, @Nullable Object> encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("seen", seen);
        map.put("tock", tock);
        map.put("comment", comment);
        map.put("data", data);
        map.put("trace", trace);
        map.put("str", text);
        map.put("message", message);
        map.put("type", type);
        map.put("reason", reason == null ? null : reason.word());
        map.values().removeIf(value -> value == null);
        return map;
    }
}
