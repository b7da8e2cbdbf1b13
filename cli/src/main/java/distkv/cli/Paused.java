package distkv.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that does not start until it is resumed: without target, which is what runners look at. The one that it had is
 * kept beside, for commands only.
 */
final class Paused {
    private static final String TARGET = "target";
    /** The target that a paused job had. */
    static final String FIELD = "paused";

    private Paused() {}

    /** Whether a job is paused. */
    static boolean is(Content job) {
        return job.value() instanceof Map<?, ?> map && map.get(FIELD) != null && map.get(TARGET) == null;
    }

    /** Whether a job has no start to come, and had none. */
    static boolean hasNoTarget(Content job) {
        return job.value() instanceof Map<?, ?> map && map.get(TARGET) == null;
    }

    /** The job without a start to come. */
    static Content withoutTarget(Content job) {
        return changed(job, map -> map.put(TARGET, null));
    }

    /** The job, paused. */
    static Content pause(Content job) {
        return changed(job, map -> {
            Object target = map.put(TARGET, null);
            if (target != null) {
                map.put(FIELD, target);
            }
        });
    }

    /** The job with the target that it had. */
    static Content resume(Content job) {
        return changed(job, map -> map.put(TARGET, map.remove(FIELD)));
    }

    /** The job, to start at that time, whether it was paused or not. */
    static Content startAt(Content job, double time) {
        return changed(job, map -> {
            map.remove(FIELD);
            map.put(TARGET, time);
        });
    }

    private interface Change {
        void make(Map<Object, @Nullable Object> job);
    }

    private static Content changed(Content job, Change change) {
        if (!(job.value() instanceof Map<?, ?> map)) {
            return job;
        }
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>(map);
        change.make(changed);
        return Content.of(changed);
    }
}
