package distkv.runner.job;

import distkv.model.Path;

/** Names a job within its group: its kind and its path below the group. */
public record JobId(Kind kind, Path path) {
    @Override
    public String toString() {
        return kind.word() + " " + path;
    }
}
