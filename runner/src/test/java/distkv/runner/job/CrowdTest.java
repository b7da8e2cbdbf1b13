package distkv.runner.job;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.protocol.Values;
import distkv.runner.worker.Launch;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.code.Language;
import distkv.schema.error.ErrorIndex;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.List;
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

    private final List<Ask> asks = new ArrayList<>();
    private boolean shared;
    private long revision;

    private final Hands hands = new Hands() {
        @Override
        public void commit(Ask ask) {
            asks.add(ask);
        }

        @Override
        public boolean keepPlace(Language language, boolean alone, boolean outlivesClaim) {
            return shared && !alone;
        }

        @Override
        public void freePlace(Language language, boolean alone, boolean outlivesClaim) {}

        @Override
        public void start(Launch launch) {}

        @Override
        public void claim(long run, Guard claim) {}

        @Override
        public void cancel(long run, Stop why) {}

        @Override
        public void kill(long run) {}

        @Override
        public void say(System.Logger.Level level, JobId job, String text) {}
    };

    @Test
    void aJobThatWantsAWorkerForItselfDoesNotHoldUpThoseForWhichThereIsRoom() {
        Catalog catalog = new Catalog();
        Dispatcher dispatcher = new Dispatcher(SITE, hands, catalog, new ErrorIndex(Path.of("error")), () -> 1_000);
        catalog.apply(CodeId.procedure(Path.of("demo")), entry("demo", Map.of("code", "pass", "is_async", true)));
        dispatcher.lease(new Lease(7, 1_003, 0.6));
        dispatcher.open(true);
        Map<String, Object> job = Map.of("code", Path.of("demo"), "target", 900);
        Map<String, Object> alone = Map.of("code", Path.of("demo"), "target", 900, "limits", Map.of("files", 100));
        dispatcher.changed(Kind.AT, Dispatcher.Part.ENTRY, Path.of("alone"), entry("alone", alone));
        dispatcher.changed(Kind.AT, Dispatcher.Part.ENTRY, Path.of("job"), entry("job", job));
        dispatcher.changed(Kind.AT, Dispatcher.Part.ENTRY, Path.of("other"), entry("other", job));
        assertThat(asks).isEmpty();

        shared = true;
        dispatcher.uncrowd();
        assertThat(asks).extracting(Ask::job).extracting(JobId::path).containsExactly(Path.of("job"), Path.of("other"));
    }

    private Entry entry(String name, Object value) {
        revision++;
        return new Entry(Path.of(name), Values.encode(value), Revision.tick(revision, 0), 0);
    }
}
