package distkv.runner.group;

import static distkv.runner.group.GroupState.Level.BROKEN;
import static distkv.runner.group.GroupState.Level.COMPLETE;
import static distkv.runner.group.GroupState.Level.DETACHED;
import static distkv.runner.group.GroupState.Level.PARTIAL;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.runner.group.GroupState.Level;
import org.junit.jupiter.api.Test;

class GroupStateTest {
    private static Level connected(int count, int wanted) {
        return level(true, true, false, true, count, wanted);
    }

    private static Level level(
            boolean synchronised, boolean connected, boolean expired, boolean present, int count, int wanted) {
        GroupState state =
                GroupState.of(new GroupState.Facts(synchronised, connected, expired, false, present, count, wanted));
        assertThat(state.count()).isEqualTo(count);
        assertThat(state.wanted()).isEqualTo(wanted);
        return state.level();
    }

    @Test
    void aNodeAloneIsDetachedEvenIfOneIsEnough() {
        assertThat(connected(1, 0)).isEqualTo(DETACHED);
        assertThat(connected(1, 1)).isEqualTo(DETACHED);
        assertThat(connected(1, 3)).isEqualTo(DETACHED);
    }

    @Test
    void aGroupWithEnoughNodesIsComplete() {
        assertThat(connected(3, 3)).isEqualTo(COMPLETE);
        assertThat(connected(4, 3)).isEqualTo(COMPLETE);
    }

    @Test
    void aGroupOfUnknownSizeIsCompleteWithTwoNodes() {
        assertThat(connected(2, 0)).isEqualTo(COMPLETE);
    }

    @Test
    void aGroupWithFewerNodesIsPartial() {
        assertThat(connected(2, 3)).isEqualTo(PARTIAL);
    }

    @Test
    void aGroupThatIsNotReadYetIsBroken() {
        assertThat(level(false, true, false, true, 3, 0)).isEqualTo(BROKEN);
        assertThat(level(false, false, false, false, 0, 0)).isEqualTo(BROKEN);
    }

    @Test
    void aGroupWithoutOnesOwnPresenceIsBroken() {
        assertThat(level(true, true, false, false, 3, 0)).isEqualTo(BROKEN);
    }

    @Test
    void aGroupThatARunnerOfTheOriginalServesIsBrokenWhileTheServerIsThere() {
        assertThat(GroupState.of(new GroupState.Facts(true, true, false, true, true, 3, 0))
                        .level())
                .isEqualTo(BROKEN);
        assertThat(GroupState.of(new GroupState.Facts(true, false, true, true, true, 3, 0))
                        .level())
                .isEqualTo(DETACHED);
    }

    @Test
    void aNodeThatIsCutOffKeepsItsViewUntilItsSessionMayHaveEnded() {
        assertThat(level(true, false, false, true, 3, 0)).isEqualTo(COMPLETE);
        assertThat(level(true, false, true, true, 3, 0)).isEqualTo(DETACHED);
    }

    @Test
    void aServerThatAnswersButRenewsNothingIsAsGoodAsNone() {
        assertThat(level(true, true, true, true, 3, 0)).isEqualTo(DETACHED);
    }

    @Test
    void aNewSessionMakesTheGroupBrokenUntilOnesOwnPresenceIsBack() {
        assertThat(level(true, true, false, false, 3, 0)).isEqualTo(BROKEN);
        assertThat(level(true, true, false, true, 3, 0)).isEqualTo(COMPLETE);
    }
}
