package distkv.server.audit;

import java.util.Locale;

/**
 * Something that has happened.
 *
 * @param who as in {@link distkv.model.Origin#by}; "" if nobody has logged in
 * @param from where it came from: an address without a port, or a user of this machine; "" if it is the server itself
 * @param path what it was about, as text; "" for nothing in the tree
 * @param result what came of it, in words
 */
public record AuditEvent(AuditAction action, String who, String from, String path, String result) {
    /** The kinds of events. */
    public enum AuditAction {
        LOG_IN,
        LOG_IN_FAILED,
        /** Somebody has let a client in that waited with a code, or has refused it. */
        APPROVE,
        /** Somebody asked for what he has no right to. */
        DENIED,
        /** A user, token, role or node was changed. */
        RIGHTS,
        /** A procedure or module was changed. */
        CODE,
        /** A job was changed, started or stopped. */
        JOB,
        INVITE,
        JOIN,
        JOIN_FAILED,
        REVOKE,
        /** Events of the log itself. */
        LOG;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** As it is in the log. */
        public String word() {
            return word;
        }

        /** Whether those who have no rights can cause as many of these as they like. */
        boolean isAnybodys() {
            return this == LOG_IN_FAILED || this == JOIN_FAILED || this == DENIED;
        }
    }
}
