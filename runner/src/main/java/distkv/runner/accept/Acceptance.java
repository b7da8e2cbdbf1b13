package distkv.runner.accept;

import distkv.schema.code.Catalog;
import distkv.schema.job.JobEntry;
import org.jspecify.annotations.Nullable;

/** Whether this node accepts a job. */
public interface Acceptance {
    /** All jobs are accepted. */
    Acceptance OF_ALL = (job, stored) -> null;

    /**
     * Why a job is not accepted; {@code null} if it is, or if it has no code that could run.
     *
     * @param stored all code
     */
    @Nullable
    NodeRefusal refusal(JobEntry job, Catalog stored);
}
