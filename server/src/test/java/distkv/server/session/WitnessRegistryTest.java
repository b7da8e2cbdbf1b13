package distkv.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WitnessRegistryTest {
    private static final long SESSION = 4;

    private final List<Long> ended = new ArrayList<>();
    private long now = Long.MAX_VALUE - 10;
    private final WitnessRegistry witnesses = new WitnessRegistry(ended::add, () -> now);

    @Test
    void whenConnectionAndWitnessHaveEndedSoDoesTheSession() {
        witnesses.attached(SESSION);
        witnesses.began(SESSION);
        witnesses.detached(SESSION);
        assertThat(ended).isEmpty();
        witnesses.ended(SESSION);
        assertThat(ended).containsExactly(SESSION);
    }

    @Test
    void aWitnessMayHaveEndedShortlyBefore() {
        witnesses.attached(SESSION);
        witnesses.began(SESSION);
        witnesses.ended(SESSION);
        now += WitnessRegistry.TOGETHER.toNanos();
        witnesses.detached(SESSION);
        assertThat(ended).containsExactly(SESSION);
    }

    @Test
    void aHolderThatOutlivedItsWitnessIsNotTakenForDead() {
        witnesses.attached(SESSION);
        witnesses.began(SESSION);
        witnesses.ended(SESSION);
        now += WitnessRegistry.TOGETHER.toNanos() + 1;
        witnesses.detached(SESSION);
        assertThat(ended).isEmpty();
    }

    @Test
    void aSessionWithoutWitnessesLivesItsTime() {
        witnesses.attached(SESSION);
        witnesses.detached(SESSION);
        assertThat(ended).isEmpty();
    }

    @Test
    void everyConnectionAndEveryWitnessCounts() {
        witnesses.attached(SESSION);
        witnesses.attached(SESSION);
        witnesses.began(SESSION);
        witnesses.began(SESSION);
        witnesses.detached(SESSION);
        witnesses.ended(SESSION);
        witnesses.detached(SESSION);
        assertThat(ended).isEmpty();
        witnesses.ended(SESSION);
        assertThat(ended).containsExactly(SESSION);
    }

    @Test
    void aServerThatClosesEndsNoSession() {
        witnesses.attached(SESSION);
        witnesses.began(SESSION);
        witnesses.close();
        witnesses.detached(SESSION);
        witnesses.ended(SESSION);
        assertThat(ended).isEmpty();
    }

    @Test
    void aStoreThatHasStoppedDoesNotConcernWhoHasEnded() {
        WitnessRegistry failing = new WitnessRegistry(
                session -> {
                    ended.add(session);
                    throw new StoreException("stopped");
                },
                () -> now);
        failing.began(SESSION);
        failing.ended(SESSION);
        assertThat(ended).containsExactly(SESSION);
    }
}
