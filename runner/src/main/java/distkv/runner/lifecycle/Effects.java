package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.outbox.CommitRequest;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What an event brings about, in the order in which it is to be carried out, and when to look at a job again. */
final class Effects {
    private record Timer(double time, Job job) {
        boolean isStale() {
            return job.wakeAt != time;
        }
    }

    /** At most one time for each job that counts, and as many that do not any more. */
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingDouble(Timer::time));

    private List<Effect> effects = new ArrayList<>();

    void add(Effect effect) {
        effects.add(effect);
    }

    void commit(CommitRequest request) {
        add(new Effect.Commit(request));
    }

    /** Commits what a run reports while it goes on; what is known already is left out. */
    void tell(Job job, Run run, View view, List<ErrorReport> reports) {
        tell(job, run, view, List.of(), reports);
    }

    /** Commits the state of a run while it goes on, together with what it reports. */
    void tellState(Job job, Run run, View view, List<ErrorReport> reports) {
        Write state = Write.set(view.site().state(job.id), run.state.encode(), Expectation.anything());
        tell(job, run, view, List.of(state), reports);
    }

    private void tell(Job job, Run run, View view, List<Write> writes, List<ErrorReport> reports) {
        List<CommitRequest.News> news = view.news(reports);
        if (!writes.isEmpty() || !news.isEmpty()) {
            // What a run on standby tells is about code, and holds whoever has the claim.
            List<Guard> guards = run.isStandby() ? List.of() : List.of(run.claim);
            commit(new CommitRequest(job.id, CommitRequest.Purpose.TELL, run.claim.tick(), writes, guards, news, null));
        }
    }

    void log(System.Logger.Level level, JobId job, String text) {
        add(new Effect.Log(level, job, text));
    }

    /** Looks at the job at that time, and no longer at the time said before. */
    void wake(Job job, double time) {
        if (job.wakeAt != time) {
            job.wakeAt = time;
            if (time != Double.POSITIVE_INFINITY) {
                timers.add(new Timer(time, job));
            }
        }
    }

    /** Looks at the job when there is news of it, and no longer at the time said before. */
    void sleep(Job job) {
        wake(job, Double.POSITIVE_INFINITY);
    }

    /** Takes out the jobs whose time has come. */
    List<Job> due(double now) {
        List<Job> due = new ArrayList<>();
        for (Timer first = timers.peek();
                first != null && (first.time() <= now || first.isStale());
                first = timers.peek()) {
            timers.remove();
            if (!first.isStale()) {
                first.job().wakeAt = Double.POSITIVE_INFINITY;
                due.add(first.job());
            }
        }
        return due;
    }

    /** The next time; never, if there is none. */
    double next() {
        Timer first = timers.peek();
        return first == null ? Double.POSITIVE_INFINITY : first.time();
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
