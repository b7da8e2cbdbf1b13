package distkv.access;

import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.EditableFields;
import distkv.schema.job.JobEdit;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom a job acts as: the field {@code as} of its entry, the name of a user, or {@code token} and the name of a token.
 * Without that field it acts as the owner. Nobody but the owner can write an entry without it: the server enters whoever
 * writes the job. A write that only starts or stops the job leaves the field as it is.
 */
public final class JobIdentity {
    private static final String TOKEN = "token ";

    /**
     * What comes of a write of a job.
     *
     * @param value what is to be written, with the field
     * @param refusal why it must not be; {@code null} if it may
     */
    public record Verdict(Value value, @Nullable String refusal) {}

    private JobIdentity() {}

    /** The field of an entry; {@code null} if it has none. */
    public static @Nullable String read(Value entry) throws BadEntry {
        return Values.decode(entry) instanceof Map<?, ?> fields ? text(fields.get(JobEdit.AS)) : null;
    }

    private static @Nullable String text(@Nullable Object found) throws BadEntry {
        if (found == null || found instanceof String) {
            return (String) found;
        }
        throw new BadEntry(JobEdit.AS, found, "the name of a user, or 'token' and the name of a token");
    }

    /** The field that stands for somebody; {@code null} for the owner. */
    private static @Nullable String nameOf(Principal principal) {
        return switch (principal) {
            case Principal.Owner _ -> null;
            case Principal.OfUser(String name) -> name;
            case Principal.OfLogIn(String name, String _) -> name;
            case Principal.OfToken(String _, String name) -> TOKEN + name;
            case Principal.OfNode(String name) -> "node " + name;
            case Principal.OfRun run -> run.as();
        };
    }

    /** Who this field stands for; {@code null} if there is nobody by that name who could log in. */
    public static @Nullable Principal find(@Nullable String as, AccessTable table, double now) {
        if (as == null) {
            return new Principal.Owner("owner");
        }
        if (as.startsWith(TOKEN)) {
            Token token = table.findTokenByName(as.substring(TOKEN.length()));
            return token == null || token.isExpired(now) ? null : new Principal.OfToken(token.id(), token.name());
        }
        User user = table.findUser(as);
        return user == null || user.disabled() ? null : new Principal.OfUser(as);
    }

    /** What somebody may do now in whose name a job runs. */
    public static Rights rights(@Nullable String as, AccessTable table, double now) {
        return switch (find(as, table, now)) {
            case Principal.OfUser(String name) ->
                table.rights(Objects.requireNonNull(table.findUser(name)).roles());
            case Principal.OfToken(String id, String _) ->
                table.rights(Objects.requireNonNull(table.findToken(id)).roles());
            case null -> Rights.NONE;
            default -> Rights.ALL;
        };
    }

    /** Who writes a job. */
    public record Writer(Principal principal, Rights rights, AccessTable table, Zones zones, double now) {
        /** Whether it may do all that somebody else may, or could give itself the right to. */
        private boolean mayActAs(String other) {
            if (rights.isAll() || other.equals(nameOf(principal))) {
                return true;
            }
            Need rightsOfUsers = new Need.At(Right.ADMIN, AccessTable.user(other), Zones.Zone.INTERNAL);
            return find(other, table, now) != null
                    && (rightsOfUsers.isMet(rights) || rights.include(JobIdentity.rights(other, table, now), zones));
        }
    }

    /**
     * Decides about the field in a job that is to be written.
     *
     * @param there what is there now; {@code null} if nothing is
     */
    public static Verdict judge(Writer writer, @Nullable Value there, Value written) {
        try {
            if (!(Values.decode(written) instanceof Map<?, ?> fields)) {
                return new Verdict(written, null);
            }
            String wanted = text(fields.get(JobEdit.AS));
            if (there != null && JobEdit.differOnlyInStart(there, written)) {
                return new Verdict(with(fields, written, wanted, read(there)), null);
            }
            if (wanted == null) {
                return new Verdict(with(fields, written, null, nameOf(writer.principal())), null);
            }
            return new Verdict(
                    written,
                    writer.mayActAs(wanted)
                            ? null
                            : "as: " + wanted + " (expected: yourself, or a user or token whose rights you have, too)");
        } catch (BadEntry e) {
            return new Verdict(written, e.getMessage());
        }
    }

    private static Value with(Map<?, ?> fields, Value written, @Nullable String wanted, @Nullable String as) {
        if (Objects.equals(wanted, as)) {
            return written;
        }
        EditableFields edit = EditableFields.of(fields);
        edit.putOrRemove(JobEdit.AS, as);
        return Values.encode(edit.toMap());
    }
}
