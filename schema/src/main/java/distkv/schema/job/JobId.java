package distkv.schema.job;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.BadEntry;

/** Names a job within its group: its kind and its path below the group. */
public record JobId(Kind kind, Path path) {
    /** The first element of the paths of calls: jobs that somebody waits for, and that end by themselves. */
    public static final String CALL = ".call";

    private static final Path CALLS = Path.of(CALL);
    private static final Path STANDBYS = Path.of(Guard.STANDBY);

    /** Refuses a name that a claim on standby would need. */
    public static void check(Path path) throws BadEntry {
        if (isStandby(path)) {
            throw new BadEntry("job", path, "a name that does not end in " + Guard.STANDBY);
        }
    }

    /** Whether what has this path below the claims is a claim on standby, of the job that the path's parent names. */
    public static boolean isStandby(Path path) {
        return path.endsWith(STANDBYS) && path.length() > 1;
    }

    /** Whether it is a call, which is never moved. */
    public boolean isCall() {
        return path.startsWith(CALLS);
    }

    @Override
    public String toString() {
        return kind.word() + " " + path;
    }
}
