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
import org.junit.jupiter.params.provider.ValueSource;

/** The simulation must be able to fail: it finds bugs that are put into the decisions on purpose. */
class PlantedBugsTest {
    private static final long SEEDS = 400;
    /** Those that decide. */
    private static final List<String> PACKAGES = List.of(
            "distkv.runner.lifecycle.", "distkv.runner.outbox.", "distkv.runner.schedule.", "distkv.runner.balance.");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "claim-without-compare-and-set",
                "release-before-stop",
                "lost-wake-up",
                "wait-for-the-others",
                "claims-without-runs-stay",
                "times-of-a-clock-ahead-are-believed",
                "a-clock-that-is-set-back-is-not-noticed",
                "balance-moves-what-runs-once",
                "a-takeover-is-told-before-it-is-made",
                "after-a-lost-reply-any-claim-counts-as-ours",
                "a-full-outbox-drops-how-runs-ended"
            })
    void theSimulationFindsAPlantedBug(String bug) throws Exception {
        isFound(bug, SimHistory.class.getName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a-job-counts-toward-its-former-node-as-well",
                "each-node-comes-first",
                "what-is-leaving-is-moved-once-more"
            })
    void theSimulationOfAGroupFindsABugInItsBalance(String bug) throws Exception {
        isFound(bug, "distkv.runner.balance.GroupHistory");
    }

    private static void isFound(String bug, String history) throws Exception {
        PatchedClasses planted = PatchedClasses.load(PACKAGES, text(bug + ".patch"));
        String found = null;
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
