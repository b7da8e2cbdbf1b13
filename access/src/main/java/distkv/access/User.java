package distkv.access;

import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.EditableFields;
import distkv.schema.Fields;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who can log in.
 *
 * @param password what {@link PasswordHash} makes of the password; {@code null} if no password logs in
 * @param disabled whether nobody can log in as this user
 */
public record User(String name, List<Grant> roles, @Nullable String password, boolean disabled) {
    private static final String ROLES = "roles";
    private static final String PASSWORD = "password";
    private static final String DISABLED = "disabled";

    public User {
        checkName(name);
        roles = List.copyOf(roles);
    }

    /** The same user with this hash of a password. */
    public User withPassword(String hash) {
        return new User(name, roles, hash, disabled);
    }

    /** Whether a user, role or token can have this name. */
    public static boolean isName(String name) {
        return name.matches("[A-Za-z0-9][A-Za-z0-9_@.-]{0,63}");
    }

    static void checkName(String name) {
        if (!isName(name)) {
            throw new IllegalArgumentException("name: '" + name
                    + "' (expected: letters, digits and _ @ . -, at most 64, a letter or digit first)");
        }
    }

    public static User read(String name, Value entry) throws BadEntry {
        Fields fields = Fields.of("user", entry);
        try {
            return new User(name, Grant.read(ROLES, fields.raw(ROLES)), fields.text(PASSWORD), fields.flag(DISABLED));
        } catch (IllegalArgumentException e) {
            throw new BadEntry(String.valueOf(e.getMessage()));
        }
    }

    /** The entry with this user in it, which keeps the fields of the old one that are not known here. */
    public Value encode(@Nullable Value old) {
        EditableFields fields = EditableFields.of(old == null ? null : Values.decode(old));
        fields.put(ROLES, roles.stream().map(Grant::encode).toList());
        fields.putOrRemove(PASSWORD, password);
        fields.putOrRemove(DISABLED, disabled ? true : null);
        return Values.encode((Map<?, ?>) fields.toMap());
    }
}
