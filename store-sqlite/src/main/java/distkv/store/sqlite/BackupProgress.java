package distkv.store.sqlite;

/** Told how far a backup has come; called often, so it is quick. */
public interface BackupProgress {
    void copied(long bytes, long total);
}
