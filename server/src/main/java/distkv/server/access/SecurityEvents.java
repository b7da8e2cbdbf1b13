package distkv.server.access;

import distkv.access.AccessTable;
import distkv.access.Need;
import distkv.access.Principal;
import distkv.model.Commit;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import distkv.schema.Prefixes;
import distkv.schema.job.JobAddress;
import distkv.schema.job.JobId;
import distkv.server.audit.AuditEvent;
import distkv.server.audit.AuditEvent.AuditAction;
import distkv.server.audit.AuditLog;
import org.jspecify.annotations.Nullable;

/** Records in the audit log what the clients do that others may ask about later. */
final class SecurityEvents {
    /** The most writes of a commit that are recorded one by one. */
    private static final int MOST = 16;

    private final AuditLog log;
    private final Prefixes prefixes;

    SecurityEvents(AuditLog log, Prefixes prefixes) {
        this.log = log;
        this.prefixes = prefixes;
    }

    void loggedIn(Principal principal, String from, String method) {
        log.record(new AuditEvent(AuditAction.LOG_IN, principal.label(), from, "", "by " + method));
    }

    /** @param user who it was said to be */
    void logInFailed(String user, String from, String why) {
        log.record(new AuditEvent(AuditAction.LOG_IN_FAILED, user, from, "", why));
    }

    void denied(Principal principal, String from, Need need) {
        denied(principal, from, need.where(), "no right to " + need.right().word());
    }

    /** @param where a path, or what else it was about; "" for nothing in the tree */
    void denied(Principal principal, String from, String where, String why) {
        log.record(new AuditEvent(AuditAction.DENIED, principal.label(), from, where, why));
    }

    /**
     * Somebody has decided about a code.
     *
     * @param by who has
     * @param user as whom the client is logged in; {@code null}: it is not
     */
    void decided(Principal by, String from, LogInCodes.Waiting about, @Nullable String user) {
        String client = about.client() + " at " + about.address();
        log.record(new AuditEvent(
                AuditAction.APPROVE,
                by.label(),
                from,
                user == null ? "" : AccessTable.user(user).toString(),
                user == null ? "refused " + client : client + " may log in"));
    }

    /** Records which rights, code and jobs a commit has changed. */
    void committed(Commit commit, long revision, String from) {
        if (log.equals(AuditLog.NONE)) {
            return;
        }
        int count = 0;
        for (int i = 0; i < commit.writes().size(); i++) {
            Write write = commit.writes().get(i);
            AuditAction action = kind(write.path());
            if (action != null && ++count <= MOST) {
                record(action, commit, from, write.path().brief(), resultOf(write, Revision.tick(revision, i)));
            }
        }
        if (count > MOST) {
            record(AuditAction.LOG, commit, from, "", (count - MOST) + " more in revision " + revision);
        }
    }

    private void record(AuditAction action, Commit commit, String from, String path, String result) {
        String who = commit.origin() == null ? "" : commit.origin().by();
        log.record(new AuditEvent(action, who, from, path, result));
    }

    private static String resultOf(Write write, long tick) {
        return (write.value() == null ? "deleted, tick " : "written, tick ") + tick;
    }

    private @Nullable AuditAction kind(Path path) {
        if (AccessControl.isAccessEntry(path)) {
            return AuditAction.RIGHTS;
        }
        if (path.startsWith(prefixes.codes()) || path.startsWith(prefixes.modules())) {
            return AuditAction.CODE;
        }
        return path.startsWith(prefixes.runs()) && !isCall(path) ? AuditAction.JOB : null;
    }

    /** Whether it is the job of a call: there may be many of them, and they change nothing. */
    private boolean isCall(Path path) {
        JobAddress job = JobAddress.ofEntry(path.below(prefixes.runs()));
        return job != null && new JobId(job.kind(), job.name()).isCall();
    }
}
