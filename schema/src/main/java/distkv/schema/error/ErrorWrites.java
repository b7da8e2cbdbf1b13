package distkv.schema.error;

import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.schema.EditableFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a report changes in the error tree: a pure function of the report and of the record that is there. */
public final class ErrorWrites {
    private ErrorWrites() {}

    /**
     * The writes of a report; none if it changes nothing.
     *
     * @param known the record about the same thing, or {@code null}
     * @param fresh where to put the record if there is none
     * @param node who reports
     * @param tock roughly when, in the order of all changes
     */
    public static List<Write> of(
            ErrorReport report, @Nullable ErrorRecord known, Path fresh, String node, long tock, double now) {
        return switch (report) {
            case ErrorReport.Failed failed -> failed(failed, known, fresh, node, tock, now);
            case ErrorReport.Well well ->
                known == null || known.resolved() ? List.of() : well(well, known, node, tock, now);
        };
    }

    private static List<Write> failed(
            ErrorReport.Failed failed, @Nullable ErrorRecord known, Path fresh, String node, long tock, double now) {
        if (known != null && !known.resolved() && known.number("severity", 0) < failed.severity()) {
            return List.of();
        }
        Map<String, @Nullable Object> record = new LinkedHashMap<>();
        if (known != null) {
            record.putAll(known.fields());
        }
        record.put("path", failed.path());
        record.put("subsystem", failed.subsystem());
        record.put("severity", (long) failed.severity());
        record.put("resolved", false);
        record.putIfAbsent("created", now);
        record.put("count", known == null ? 1L : (long) known.number("count", 0) + 1);
        record.putIfAbsent("first_seen", now);
        record.put("last_seen", now);
        record.put("message", message(failed));

        ErrorDetail detail = new ErrorDetail(
                now,
                tock,
                failed.message(),
                failed.comment(),
                failed.text(),
                failed.type(),
                failed.reason(),
                failed.trace(),
                failed.data());
        Path at = known == null ? fresh : known.record();
        return List.of(
                Write.set(at, Values.encode(record), expectation(known)),
                Write.set(at.child(node), Values.encode(detail.encode()), Expectation.anything()));
    }

    /** What the record of a failure says first. */
    public static @Nullable String message(ErrorReport.Failed failed) {
        return failed.message() == null ? failed.comment() : failed.message();
    }

    private static List<Write> well(ErrorReport.Well well, ErrorRecord known, String node, long tock, double now) {
        Map<String, @Nullable Object> record = new LinkedHashMap<>(known.fields());
        record.put("resolved", now);
        Write resolved = Write.set(known.record(), Values.encode(record), expectation(known));
        if (well.comment() == null && well.data().isEmpty()) {
            return List.of(resolved);
        }
        ErrorDetail detail = new ErrorDetail(now, tock, null, well.comment(), null, null, null, null, well.data());
        return List.of(
                resolved,
                Write.set(known.record().child(node), Values.encode(detail.encode()), Expectation.anything()));
    }

    /** A record that somebody has marked as resolved; other fields stay. */
    public static Map<?, ?> resolved(@Nullable Object record) {
        EditableFields fields = EditableFields.of(record);
        fields.put("resolved", true);
        return fields.toMap();
    }

    private static Expectation expectation(@Nullable ErrorRecord known) {
        return known == null ? Expectation.absent() : Expectation.at(known.tick());
    }
}
