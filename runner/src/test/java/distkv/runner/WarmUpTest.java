package distkv.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import distkv.runner.lifecycle.Effect;
import distkv.runner.outbox.CommitRequest.Purpose;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The warm-up goes through what it is to load. */
class WarmUpTest {
    @Test
    void jobsAreClaimedStartedSetUpEndedAndForgotten() throws InterruptedException {
        List<Effect> effects = new WarmUp().run();
        Set<Purpose> commits = EnumSet.noneOf(Purpose.class);
        int starts = 0;
        int cancels = 0;
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Commit(var request) -> commits.add(request.purpose());
                case Effect.Start _ -> starts++;
                case Effect.Cancel _ -> cancels++;
                default -> {}
            }
        }
        // The fourth is lost by the other node.
        assertEquals(4, starts);
        assertEquals(4, cancels);
        assertEquals(EnumSet.of(Purpose.NOTE, Purpose.CLAIM, Purpose.TELL, Purpose.RECORD), commits);
    }
}
