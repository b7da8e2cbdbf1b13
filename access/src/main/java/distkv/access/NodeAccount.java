package distkv.access;

import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.EditableFields;
import distkv.schema.Fields;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A machine that may run jobs of these groups. Its certificates log it in.
 *
 * @param labels what its runners may say that it has
 * @param fingerprints of the certificates that log it in (SHA-256, in lower-case hexadecimal): one, or two while one is
 *     being replaced
 * @param joined when it did: unix time in seconds
 * @param by who has let it in
 * @param revoked whether it may do nothing any more
 * @param until unix time in seconds at which its newest certificate ends; 0 if that is unknown
 */
public record NodeAccount(
        String name,
        Set<String> groups,
        Set<String> labels,
        Set<String> fingerprints,
        double joined,
        String by,
        boolean revoked,
        Reads reads,
        double until) {
    private static final String GROUPS = "groups";
    private static final String LABELS = "labels";
    private static final String FINGERPRINTS = "fingerprints";
    private static final String JOINED = "joined";
    private static final String BY = "by";
    private static final String REVOKED = "revoked";
    private static final String READ = "read";
    private static final String UNTIL = "until";
    private static final Set<String> WILDCARDS = Set.of("", "+", "#");

    /** What a node may read: the first is what counts if its entry does not say. */
    public enum Reads {
        /** All but the internal tree. */
        ALL,
        /** What its runners need: code, errors, and the jobs of its groups. */
        JOBS;

        /** As in the entry. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public NodeAccount {
        User.checkName(name);
        groups = sorted(groups);
        labels = sorted(labels);
        fingerprints = sorted(fingerprints);
        if (groups.stream().anyMatch(WILDCARDS::contains)) {
            throw new IllegalArgumentException("groups: " + groups + " (expected: names other than + and #)");
        }
    }

    private static Set<String> sorted(Set<String> texts) {
        return Collections.unmodifiableSet(new TreeSet<>(texts));
    }

    /** A node of which it is not known until when its certificate is valid. */
    public NodeAccount(
            String name,
            Set<String> groups,
            Set<String> labels,
            Set<String> fingerprints,
            double joined,
            String by,
            boolean revoked,
            Reads reads) {
        this(name, groups, labels, fingerprints, joined, by, revoked, reads, 0);
    }

    /** The same, with other certificates. */
    public NodeAccount withCertificates(Set<String> newFingerprints, double newUntil) {
        return new NodeAccount(name, groups, labels, newFingerprints, joined, by, revoked, reads, newUntil);
    }

    /** The same, which may do nothing any more. */
    public NodeAccount revoke() {
        return new NodeAccount(name, groups, labels, fingerprints, joined, by, true, reads, until);
    }

    /** Whether a certificate with this fingerprint logs it in. */
    public boolean isKnownBy(String fingerprint) {
        return !revoked && fingerprints.contains(fingerprint);
    }

    public static NodeAccount read(String name, Value entry) throws BadEntry {
        Fields fields = Fields.of("node", entry);
        String by = fields.text(BY);
        String reads = fields.choice(READ, List.of(Reads.ALL.word(), Reads.JOBS.word()));
        try {
            return new NodeAccount(
                    name,
                    Set.copyOf(fields.texts(GROUPS)),
                    Set.copyOf(fields.texts(LABELS)),
                    Set.copyOf(fields.texts(FINGERPRINTS)),
                    fields.number(JOINED, 0, 0),
                    by == null ? "" : by,
                    fields.flag(REVOKED),
                    reads.equals(Reads.ALL.word()) ? Reads.ALL : Reads.JOBS,
                    fields.number(UNTIL, 0, 0));
        } catch (IllegalArgumentException e) {
            throw new BadEntry(String.valueOf(e.getMessage()));
        }
    }

    /** The entry with this node in it, which keeps the fields of the old one that are not known here. */
    public Value encode(@Nullable Value old) {
        EditableFields fields = EditableFields.of(old == null ? null : Values.decode(old));
        fields.put(GROUPS, List.copyOf(groups));
        fields.putOrRemove(LABELS, labels.isEmpty() ? null : List.copyOf(labels));
        fields.put(FINGERPRINTS, List.copyOf(fingerprints));
        fields.putNumber(JOINED, joined);
        fields.put(BY, by);
        fields.putOrRemove(UNTIL, until == 0 ? null : until);
        fields.putOrRemove(REVOKED, revoked ? true : null);
        fields.putOrRemove(READ, reads == Reads.ALL ? null : reads.word());
        return Values.encode((Map<?, ?>) fields.toMap());
    }
}
