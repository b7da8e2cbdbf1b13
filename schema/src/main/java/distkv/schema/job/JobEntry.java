package distkv.schema.job;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The wish to run a procedure. Users write it; the runner never does.
 *
 * @param code the procedure's name
 * @param data globals for the code
 * @param target unix time of the next start; 0: none
 * @param repeat seconds from a success to the next start; 0: none
 * @param cron when it starts again after a success, if not after {@code repeat}
 * @param delay seconds from an error to the next start, times {@code backoff} to the power of the errors so far
 * @param okAfter seconds after which a run counts as well; 0: the code says so itself
 * @param limits how much its runs may use
 * @param placement where it may run
 * @param secrets what the code finds under which name: files of the node's directory of secrets
 * @param as whom it acts as: a user, or {@code token} and the name of a token; {@code null}: the owner
 */
public record JobEntry(
        @Nullable Path code,
        Map<String, @Nullable Object> data,
        double target,
        double repeat,
        @Nullable Cron cron,
        double delay,
        double backoff,
        double okAfter,
        Limits limits,
        Placement placement,
        Map<String, String> secrets,
        @Nullable String as) {

    private static final Pattern SECRET = Pattern.compile("[^./\\x00][^/\\x00]*");
    private static final double DELAY = 100;
    private static final double BACKOFF = 1.1;

    /** A job without limits, that may run anywhere. */
    public JobEntry(
            @Nullable Path code,
            Map<String, @Nullable Object> data,
            double target,
            double repeat,
            double delay,
            double backoff,
            double okAfter) {
        this(
                code,
                data,
                target,
                repeat,
                null,
                delay,
                backoff,
                okAfter,
                Limits.NONE,
                Placement.ANYWHERE,
                Map.of(),
                null);
    }

    public static JobEntry read(Value value) throws BadEntry {
        Fields fields = Fields.of("job", value);
        double repeat = fields.number("repeat", 0, 0);
        Cron cron = Cron.read(fields.text(Cron.FIELD));
        if (cron != null && repeat > 0) {
            throw new BadEntry(Cron.FIELD + ": given together with repeat (expected: one of them)");
        }
        return new JobEntry(
                fields.path("code"),
                fields.names("data"),
                fields.number("target", 0, 0),
                repeat,
                cron,
                fields.number("delay", DELAY, 0),
                fields.number("backoff", BACKOFF, 0),
                fields.number("ok_after", 0, 0),
                Limits.read(fields.raw("limits")),
                Placement.read(fields),
                secrets(fields),
                fields.text(JobEdit.AS));
    }

    private static Map<String, String> secrets(Fields fields) throws BadEntry {
        Map<String, String> secrets = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> each : fields.names("secrets").entrySet()) {
            if (!(each.getValue() instanceof String file)
                    || !SECRET.matcher(file).matches()) {
                throw new BadEntry(
                        "secrets." + each.getKey(), each.getValue(), "the name of a file, without directories");
            }
            secrets.put(each.getKey(), file);
        }
        return secrets;
    }

    /** Whether it acts as the same as another one. */
    public boolean actsLike(JobEntry other) {
        return Objects.equals(as, other.as);
    }

    /** The next start after a success that came at that time; 0: none. */
    public double again(double stopped) {
        if (cron != null) {
            return cron.next(stopped);
        }
        return repeat > 0 ? stopped + repeat : 0;
    }

    /** Whether data and secrets are the same: equal values of equal types, in whatever order. */
    public boolean sameData(JobEntry other) {
        return secrets.equals(other.secrets) && Values.same(Values.encode(data), Values.encode(other.data));
    }
}
