package distkv.cli.run;

import distkv.cli.context.EntryContent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that does not start until it is resumed: without target, which is what runners look at. The one that it had is
 * kept beside, for commands only.
 */
final class PausedJob {
    private static final String TARGET = "target";
    /** The target that a paused job had. */
    static final String FIELD = "paused";

    private PausedJob() {}

    /** Whether a job is paused. */
    static boolean is(EntryContent job) {
        return job.value() instanceof Map<?, ?> map && map.get(FIELD) != null && map.get(TARGET) == null;
    }

    /** Whether a job has no start to come, and had none. */
    static boolean hasNoTarget(EntryContent job) {
        return job.value() instanceof Map<?, ?> map && map.get(TARGET) == null;
    }

    /** The job without a start to come. */
    static EntryContent withoutTarget(EntryContent job) {
        return changed(job, map -> map.put(TARGET, null));
    }

    /** The job, paused. */
    static EntryContent pause(EntryContent job) {
        return changed(job, map -> {
            Object target = map.put(TARGET, null);
            if (target != null) {
                map.put(FIELD, target);
            }
        });
    }

    /** The job with the target that it had. */
    static EntryContent resume(EntryContent job) {
        return changed(job, map -> map.put(TARGET, map.remove(FIELD)));
    }

    /** The job, to start at that time, whether it was paused or not. */
    static EntryContent startAt(EntryContent job, double time) {
        return changed(job, map -> {
            map.remove(FIELD);
            map.put(TARGET, time);
        });
    }

    private interface Change {
        void make(Map<Object, @Nullable Object> job);
    }

    private static EntryContent changed(EntryContent job, Change change) {
        if (!(job.value() instanceof Map<?, ?> map)) {
            return job;
        }
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>(map);
        change.make(changed);
        return EntryContent.of(changed);
    }
}
