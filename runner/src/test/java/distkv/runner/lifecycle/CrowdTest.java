package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.protocol.Values;
import distkv.runner.lifecycle.JobEvent.Lease;
import distkv.runner.outbox.CommitRequest;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Jobs that are due while there is no room. */
class CrowdTest {
    private static final Site SITE = new Site(
            "one",
            Set.of(),
            Path.of("code"),
            Path.of("module"),
            Map.of(Kind.AT, new Site.Roots(Path.of("run"), Path.of("state"), Path.of("claim"))));

    private final EffectRecorder done = new EffectRecorder();
    private long revision;

    @Test
    void aJobThatWantsAWorkerForItselfDoesNotHoldUpThoseForWhichThereIsRoom() {
        Catalog catalog = new Catalog();
        Lifecycle lifecycle = new Lifecycle(SITE, done, catalog, new ErrorIndex(Path.of("error")), () -> 1_000);
        done.room = place -> false;
        catalog.apply(CodeId.procedure(Path.of("demo")), entry("demo", Map.of("code", "pass", "is_async", true)));
        done.keep(lifecycle.handle(new JobEvent.LeaseChanged(new Lease(7, 1_003, 0.6))));
        done.keep(lifecycle.handle(new JobEvent.OpenChanged(true)));
        Map<String, Object> job = Map.of("code", Path.of("demo"), "target", 900);
        Map<String, Object> alone = Map.of("code", Path.of("demo"), "target", 900, "limits", Map.of("files", 100));
        done.keep(lifecycle.handle(
                new JobEvent.Changed(Kind.AT, JobEvent.Part.ENTRY, Path.of("alone"), entry("alone", alone))));
        done.keep(lifecycle.handle(
                new JobEvent.Changed(Kind.AT, JobEvent.Part.ENTRY, Path.of("job"), entry("job", job))));
        done.keep(lifecycle.handle(
                new JobEvent.Changed(Kind.AT, JobEvent.Part.ENTRY, Path.of("other"), entry("other", job))));
        assertThat(done.commits).isEmpty();

        done.room = place -> !place.alone();
        done.keep(lifecycle.handle(new JobEvent.RoomMade()));
        assertThat(done.commits)
                .extracting(CommitRequest::job)
                .extracting(JobId::path)
                .containsExactly(Path.of("job"), Path.of("other"));
    }

    private Entry entry(String name, Object value) {
        revision++;
        return new Entry(Path.of(name), Values.encode(value), Revision.tick(revision, 0), 0);
    }
}
