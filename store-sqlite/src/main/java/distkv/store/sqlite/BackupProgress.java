package distkv.store.sqlite;

/** Receives the progress of a backup; called often, so it must be quick. */
public interface BackupProgress {
    void copied(long bytes, long total);
}
