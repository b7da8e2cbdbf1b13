package distkv.server.access;

import distkv.access.AccessTable;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.Prefixes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks a write to a user, token or role before it is made: it must be readable, and an owner must remain. */
public final class AccessEntryCheck {
    /**
     * What comes of a write.
     *
     * @param refusal why it must not be made; {@code null} if it may
     * @param owner a guard on the owner that remains, so that two writes cannot remove the last two; {@code null} if none
     *     is needed
     */
    public record Verdict(
            @Nullable String refusal, @Nullable Guard owner) {
        static final Verdict FINE = new Verdict(null, null);

        static Verdict refused(String reason) {
            return new Verdict(reason, null);
        }
    }

    private AccessEntryCheck() {}

    /**
     * Judges a write.
     *
     * @param entries those of users, tokens and roles as they are
     * @param owner a user among them who can log in and may do everything; {@code null} if there is none to keep
     * @param value {@code null} deletes the entry
     */
    static Verdict of(
            Prefixes prefixes, List<Entry> entries, @Nullable String owner, Path path, @Nullable Value value) {
        List<Entry> after = new ArrayList<>(entries);
        after.removeIf(entry -> entry.path().equals(path));
        if (value != null) {
            Entry written = new Entry(path, value, 0, 0);
            List<String> faults = new ArrayList<>();
            AccessTable.of(prefixes, List.of(written), faults::add);
            if (!faults.isEmpty()) {
                return Verdict.refused(faults.getFirst());
            }
            after.add(written);
        }
        if (owner == null) {
            return Verdict.FINE;
        }
        String left = AccessTable.of(prefixes, after, fault -> {}).owner();
        if (left == null) {
            return Verdict.refused("access: " + path
                    + ": no owner would be left who can log in (expected: another user with the role owner and a"
                    + " password)");
        }
        Path remaining = AccessTable.user(left);
        return entries.stream()
                .filter(entry -> entry.path().equals(remaining) && !remaining.equals(path))
                .findFirst()
                .map(entry -> new Verdict(null, Guard.of(remaining, entry.tick())))
                .orElse(Verdict.FINE);
    }
}
