package distkv.server.access;

import distkv.access.AccessTable;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.Prefixes;
import distkv.server.tree.KeyOrderWalk;
import distkv.server.tree.Snapshot;
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

    private final Prefixes prefixes;

    AccessEntryCheck(Prefixes prefixes) {
        this.prefixes = prefixes;
    }

    /** @param value {@code null} deletes the entry */
    Verdict of(Snapshot now, Path path, @Nullable Value value) {
        List<Entry> before = new ArrayList<>();
        List<Entry> after = new ArrayList<>();
        for (KeyOrderWalk walk = now.walk(AccessTable.TOP, Depths.ALL); walk.next(); ) {
            Entry entry = walk.entry();
            if (entry != null) {
                before.add(entry);
                if (!entry.path().equals(path)) {
                    after.add(entry);
                }
            }
        }
        if (value != null) {
            List<String> faults = new ArrayList<>();
            AccessTable.of(prefixes, List.of(new Entry(path, value, 0, 0)), faults::add);
            if (!faults.isEmpty()) {
                return Verdict.refused(faults.getFirst());
            }
            after.add(new Entry(path, value, 0, 0));
        }
        String owner = AccessTable.of(prefixes, before, fault -> {}).owner();
        if (owner == null) {
            return Verdict.FINE;
        }
        String left = AccessTable.of(prefixes, after, fault -> {}).owner();
        if (left == null) {
            return Verdict.refused(
                    "access: " + path
                            + ": no owner would be left who can log in (expected: another user with the role owner and a password)");
        }
        Path remaining = AccessTable.user(left);
        Entry entry = remaining.equals(path) ? null : now.get(remaining);
        return entry == null ? Verdict.FINE : new Verdict(null, Guard.of(remaining, entry.tick()));
    }
}
