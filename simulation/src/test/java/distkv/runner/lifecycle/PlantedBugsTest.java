package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.testing.PatchedClasses;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation must be able to fail: it finds bugs that are put into the decisions on purpose. */
class PlantedBugsTest {
    private static final long SEEDS = 400;
    /** Those that decide. */
    private static final List<String> PACKAGES = List.of(
            "distkv.runner.lifecycle.", "distkv.runner.outbox.", "distkv.runner.schedule.", "distkv.runner.balance.");

    /** Each with the seed that found it last, which is tried first. */
    @ParameterizedTest
    @CsvSource({
        "claim-without-compare-and-set, 1",
        "release-before-stop, 1",
        "lost-wake-up, 1",
        "wait-for-the-others, 6",
        "claims-without-runs-stay, 12",
        "times-of-a-clock-ahead-are-believed, 3",
        "a-clock-that-is-set-back-is-not-noticed, 90",
        "balance-moves-what-runs-once, 1",
        "a-takeover-is-told-before-it-is-made, 1",
        "after-a-lost-reply-any-claim-counts-as-ours, 12",
        "a-full-outbox-drops-how-runs-ended, 15"
    })
    void theSimulationFindsAPlantedBug(String bug, long first) throws Exception {
        isFound(bug, SimHistory.class.getName(), first);
    }

    @ParameterizedTest
    @CsvSource({
        "a-job-counts-toward-its-former-node-as-well, 1",
        "each-node-comes-first, 1",
        "what-is-leaving-is-moved-once-more, 9"
    })
    void theSimulationOfAGroupFindsABugInItsBalance(String bug, long first) throws Exception {
        isFound(bug, "distkv.runner.balance.GroupHistory", first);
    }

    private static void isFound(String bug, String history, long first) throws Exception {
        PatchedClasses planted = PatchedClasses.load(PACKAGES, text(bug + ".patch"));
        String found = planted.call(history, "failure", long.class, first);
        for (long seed = 1; seed <= SEEDS && found == null; seed++) {
            found = planted.call(history, "failure", long.class, seed);
        }
        assertThat(found).as("%s in %d histories", bug, SEEDS).contains("Violation");
    }

    @Test
    void aPatchThatDoesNotFitIsAnErrorAndNotABugThatNobodyFinds() {
        List<String> patch = List.of("--- a/x", "+++ b/x", "@@ -1 +1 @@", "-there", "+here");
        assertThat(PatchedClasses.apply(patch, "is it\nthere\n")).isEqualTo("is it\nhere\n");
        assertThatThrownBy(() -> PatchedClasses.apply(patch, "no\n"))
                .hasMessage("the patch does not fit: there is no\nthere\n");
    }

    private static String text(String resource) throws Exception {
        try (InputStream in = PlantedBugsTest.class.getResourceAsStream("planted/" + resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
