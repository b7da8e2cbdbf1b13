package distkv.server.audit;

/** Where security events go. */
@FunctionalInterface
public interface AuditLog {
    /** Keeps nothing. */
    AuditLog NONE = event -> {};

    /** Records what has happened. It never waits and never fails; any thread may call it. */
    void record(AuditEvent event);
}
