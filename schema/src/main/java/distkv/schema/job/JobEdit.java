package distkv.schema.job;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.EditableFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes a job's entry, which users write and runners read as a {@link JobEntry}.
 *
 * <p>A paused job has no target, which is what runners look at. Its target is kept in a field that only commands read.
 */
public final class JobEdit {
    /** Whom the job acts as, see {@link JobEntry#as}. */
    public static final String AS = "as";

    /** Stands for whoever writes the entry, when {@link #as} is set. */
    public static final String WRITER = "-";

    private static final String CODE = "code";
    private static final String DATA = "data";
    private static final String TARGET = "target";
    private static final String PAUSED = "paused";
    private static final String REPEAT = "repeat";
    private static final String WHERE = "where";
    private static final String LIMITS = "limits";
    private static final String SECRETS = "secrets";

    private final EditableFields fields;

    private JobEdit(EditableFields fields) {
        this.fields = fields;
    }

    /** An edit of this decoded entry; of a new job if it is {@code null}. */
    public static JobEdit of(@Nullable Object entry) {
        return new JobEdit(EditableFields.of(entry));
    }

    /**
     * Whether two entries of a job differ in nothing but when it starts, and whether it is paused. If the new one does not
     * say whom the job acts as, that stays as it was.
     */
    public static boolean differOnlyInStart(Value old, Value written) {
        boolean keeps = !(Values.decode(written) instanceof Map<?, ?> fields) || fields.get(AS) == null;
        return Values.same(withoutStart(old, keeps), withoutStart(written, keeps));
    }

    private static Value withoutStart(Value entry, boolean withoutIdentity) {
        Object decoded = Values.decode(entry);
        if (!(decoded instanceof Map<?, ?>)) {
            return entry;
        }
        EditableFields fields = EditableFields.of(decoded);
        fields.remove(TARGET);
        fields.remove(PAUSED);
        if (withoutIdentity) {
            fields.remove(AS);
        }
        return Values.encode(fields.toMap());
    }

    /** The entry, to be stored. */
    public Map<Object, @Nullable Object> entry() {
        return fields.toMap();
    }

    /**
     * The entry, to be stored under this name.
     *
     * @throws BadEntry if a runner would refuse it
     */
    public Map<Object, @Nullable Object> entry(Path name) throws BadEntry {
        JobId.check(name);
        JobEntry.read(Values.encode(fields.toMap()));
        return fields.toMap();
    }

    public boolean hasCode() {
        return fields.has(CODE);
    }

    /** The procedure to run, as it is stored; {@code null} if there is none. */
    public @Nullable Object code() {
        return fields.get(CODE);
    }

    public void code(Path procedure) {
        fields.put(CODE, procedure);
    }

    public Map<?, ?> data() {
        return fields.map(DATA);
    }

    public void data(@Nullable Object globals) {
        fields.put(DATA, globals);
    }

    public void info(String text) {
        fields.put("info", text);
    }

    public void okAfter(double seconds) {
        fields.putNumber("ok_after", seconds);
    }

    public void backoff(double factor) {
        fields.putNumber("backoff", factor);
    }

    public void delay(double seconds) {
        fields.putNumber("delay", seconds);
    }

    /** It starts again so long after a success; 0: it does not. */
    public void repeat(double seconds) {
        fields.putNumber(REPEAT, seconds);
        fields.remove(Cron.FIELD);
    }

    /** It starts at these times, for the first time at the next of them unless it is due; {@code now} is unix time. */
    public void cron(String times, double now) throws BadEntry {
        fields.remove(REPEAT);
        fields.put(Cron.FIELD, times);
        boolean isDue = fields.get(TARGET) instanceof Number at && at.doubleValue() <= now;
        if (!isDue) {
            fields.put(TARGET, Cron.parse(times).next(now));
        }
    }

    public void removeCron() {
        fields.remove(Cron.FIELD);
    }

    /** Only on nodes that have all these labels. */
    public void where(List<String> labels) {
        fields.put(WHERE, Map.of("has", labels.stream().distinct().toList()));
    }

    public void anywhere() {
        fields.remove(WHERE);
    }

    /** Changes these limits; a {@code null} removes one. */
    public void limits(Map<String, @Nullable Object> changes) {
        Map<Object, @Nullable Object> limits = new LinkedHashMap<>(fields.map(LIMITS));
        limits.putAll(changes);
        limits.values().removeIf(value -> value == null);
        fields.put(LIMITS, limits);
    }

    /** Changes these secrets; {@code "-"} removes one. */
    public void secrets(Map<String, String> changes) {
        Map<Object, @Nullable Object> secrets = new LinkedHashMap<>(fields.map(SECRETS));
        secrets.putAll(changes);
        secrets.values().removeIf("-"::equals);
        fields.put(SECRETS, secrets);
    }

    /** It acts as this user or token, or as {@link #WRITER}. */
    public void as(String name) {
        fields.putOrRemove(AS, name.equals(WRITER) ? null : name);
    }

    public void split(String what) {
        fields.put("split", what);
    }

    public void handover(boolean wanted) {
        fields.put("handover", wanted);
    }

    /** Whether the job is paused. */
    public boolean isPaused() {
        return fields.get(PAUSED) != null && !hasTarget();
    }

    /** Whether a start is to come. */
    public boolean hasTarget() {
        return fields.get(TARGET) != null;
    }

    /** It does not start, whether it was paused or not. */
    public void removeTarget() {
        fields.remove(PAUSED);
        fields.put(TARGET, null);
    }

    /** It does not start any more; one that is paused stays so. */
    public void clearTarget() {
        fields.put(TARGET, null);
    }

    /** It starts at that unix time, whether it was paused or not. */
    public void startAt(double time) {
        fields.remove(PAUSED);
        fields.put(TARGET, time);
    }

    public void pause() {
        Object target = fields.get(TARGET);
        fields.put(TARGET, null);
        if (target != null) {
            fields.put(PAUSED, target);
        }
    }

    /** It starts when it would have started before it was paused. */
    public void resume() {
        fields.put(TARGET, fields.remove(PAUSED));
    }
}
