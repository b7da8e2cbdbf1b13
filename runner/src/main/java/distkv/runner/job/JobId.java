package distkv.runner.job;

import distkv.model.Path;

/** Names a job within its group: its kind and its path below the group. */
public record JobId(Kind kind, Path path) {
    /** The first element of the paths of calls: jobs that somebody waits for, and that end by themselves. */
    public static final String CALL = ".call";

    /** Whether it is a call, which is never moved. */
    boolean isCall() {
        return CALL.equals(path.elements().getFirst());
    }

    @Override
    public String toString() {
        return kind.word() + " " + path;
    }
}
