package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.code.Language;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.job.Limits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many runs find a place, while some of them only ask for their claims. */
class WorkerRegistryTest {
    private static final Place ALONE = new Place(Language.PYTHON, true, false, true);
    private static final Place SHARED = new Place(Language.PYTHON, false, false, true);
    private static final Place JAVA = new Place(Language.JAVA, false, false, true);
    private static final Place JAVA_ALONE = new Place(Language.JAVA, true, false, true);

    private final WorkerRegistry registry = new WorkerRegistry(2, 3, false);
    private long runs;

    /** How many of so many runs of this sort find a place. */
    private int keep(Place place, int wanted) {
        int kept = 0;
        for (int i = 0; i < wanted; i++) {
            kept += registry.keepPlace(place) ? 1 : 0;
        }
        return kept;
    }

    private void start(Place place) {
        registry.freePlace(place);
        Worker worker = registry.sharing(place);
        worker = worker == null && !place.isJava() ? registry.idle(place) : worker;
        worker = worker == null ? registry.join(place.isOffline()) : worker;
        worker.place = place;
        Path path = Path.of("job");
        Procedure procedure = new Procedure(path, "pass", Mode.ASYNC, List.of(), Map.of(), List.of(), place.language());
        registry.assign(
                worker,
                new Launch(
                        ++runs,
                        path,
                        procedure,
                        Map.of(),
                        List.of(),
                        new Guard(path, 1),
                        place.outlivesClaim(),
                        place.alone(),
                        Limits.NONE,
                        "job"));
    }

    @Test
    void runsWithoutANetworkShareAWorkerOfTheirOwn() {
        Place offline = new Place(Language.PYTHON, false, false, false);
        registry.join(false);
        assertThat(keep(offline, 256)).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            start(offline);
        }
        assertThat(registry.all()).hasSize(2);
        assertThat(registry.sharing(SHARED)).isNull();
        assertThat(registry.idle(SHARED)).isNotNull();
        assertThat(registry.idle(offline)).isNull();
        assertThat(keep(offline, 1)).isZero();
        assertThat(keep(SHARED, 256)).isEqualTo(3);
    }

    @Test
    void runsThatActAsOthersDoNotShareAWorker() {
        Place anna = new Place(Language.PYTHON, false, false, true, "anna");
        Place bob = new Place(Language.PYTHON, false, false, true, "bob");
        assertThat(keep(anna, 1)).isEqualTo(1);
        start(anna);
        assertThat(registry.sharing(anna)).isNotNull();
        assertThat(registry.sharing(bob)).isNull();
        assertThat(registry.sharing(SHARED)).isNull();
        assertThat(anna.within(Limits.NONE)).isEqualTo(anna);
    }

    @Test
    void whatAJobSaysOfTheNetworkComesBeforeWhatItsNodeSays() {
        Limits offline = new Limits(null, null, null, null, null, false);
        Place either = new Place(Language.PYTHON, false, false, null);
        assertThat(either.within(offline).isOffline()).isTrue();
        assertThat(either.within(Limits.NONE)).isEqualTo(SHARED);
        assertThat(SHARED.within(offline)).isEqualTo(SHARED);
    }

    @Test
    void aFreePlaceIsThereForOneClaimOnly() {
        assertThat(keep(ALONE, 256)).isEqualTo(2);
        registry.freePlace(ALONE);
        assertThat(keep(ALONE, 256)).isEqualTo(1);
        start(ALONE);
        start(ALONE);
        assertThat(keep(ALONE, 256)).isZero();
    }

    @Test
    void runsThatShareAWorkerTakeItsSeatsAndIdleWorkersCount() {
        registry.join(false);
        assertThat(registry.lacksIdle()).isFalse();
        assertThat(keep(SHARED, 256)).isEqualTo(6);
        for (int i = 0; i < 4; i++) {
            start(SHARED);
        }
        assertThat(registry.all()).hasSize(2);
        assertThat(keep(ALONE, 1)).isZero();
        start(SHARED);
        start(SHARED);
        assertThat(keep(SHARED, 1)).isZero();
    }

    @Test
    void noWorkerIsKeptReadyInThePlaceOfARunThatCannotUseIt() {
        assertThat(keep(JAVA_ALONE, 256)).isEqualTo(2);
        assertThat(registry.lacksIdle()).isFalse();
        start(JAVA_ALONE);
        start(JAVA_ALONE);
        // The process that Java runs share is there for all of them.
        assertThat(keep(JAVA, 256)).isEqualTo(256);
        assertThat(keep(JAVA_ALONE, 1)).isZero();
        assertThat(keep(SHARED, 1)).isZero();
    }
}
