package distkv.runner.lifecycle;

import distkv.schema.job.JobId;
import java.util.ArrayList;
import java.util.List;

/** What an event brings about, in the order in which it is to be carried out, and when to look at a job again. */
final class Effects {
    private final TimerQueue timers = new TimerQueue();
    private List<Effect> effects = new ArrayList<>();

    void add(Effect effect) {
        effects.add(effect);
    }

    void commit(CommitRequest request) {
        add(new Effect.Commit(request));
    }

    void log(System.Logger.Level level, JobId job, String text) {
        add(new Effect.Log(level, job, text));
    }

    /** Looks at the job at that time, and no longer at the time said before. */
    void wake(Job job, double time) {
        timers.set(job, time);
    }

    /** Looks at the job when there is news of it, and no longer at the time said before. */
    void sleep(Job job) {
        timers.set(job, Double.POSITIVE_INFINITY);
    }

    TimerQueue timers() {
        return timers;
    }

    /** What there is to do since this was asked last. */
    List<Effect> take() {
        if (effects.isEmpty()) {
            return List.of();
        }
        List<Effect> all = effects;
        effects = new ArrayList<>();
        return all;
    }
}
