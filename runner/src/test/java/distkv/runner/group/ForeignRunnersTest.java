package distkv.runner.group;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ForeignRunnersTest {
    private static final String ANY = ":distkv/run/any/house";
    private static final String ALL = ":distkv/run/all/house";
    private static final Heartbeat PING = new Heartbeat("attic", 0);

    private final ForeignRunners foreign = new ForeignRunners("house");

    @Test
    void oneThatWasHeardIsThereUntilThreeOfItsMessagesAreMissing() {
        assertThat(foreign.arePresent(1000)).isFalse();
        foreign.heard(ANY, PING, 1000);
        assertThat(foreign.arePresent(1000)).isTrue();
        assertThat(foreign.next(1000)).isEqualTo(1000 + 3 * 23.75);
        foreign.heard(ANY, new Heartbeat("cellar", 0), 1023);
        assertThat(foreign.arePresent(1094)).isTrue();
        assertThat(foreign.arePresent(1094.25)).isFalse();
        assertThat(foreign.next(1094.25)).isInfinite();
    }

    @Test
    void howLongThatIsTheySayThemselvesForEachTopic() {
        foreign.heard(ANY, new Heartbeat("attic", 100), 1000);
        foreign.heard(ANY, PING, 1100);
        foreign.heard(ALL, PING, 1100);
        assertThat(foreign.next(1100)).isEqualTo(1400);
        foreign.heard(ANY, new Heartbeat("attic", 1e300), 1100);
        assertThat(foreign.next(1100)).as("nobody can make us wait for ever").isEqualTo(1100 + 3 * 3600);
    }

    @Test
    void peopleAreToldOnceWhenOneIsHeardAndOnceWhenItIsGone() {
        assertThat(foreign.news(1000)).isNull();
        foreign.heard(ANY, PING, 1000);
        assertThat(foreign.news(1000))
                .startsWith(
                        "the group house is also served by a runner of the original (node attic, heard on the topic "
                                + ANY + ")")
                .endsWith("stop it, or use another group (-g)");
        foreign.heard(ALL, new Heartbeat("cellar", 0), 1001);
        assertThat(foreign.news(1001)).isNull();
        assertThat(foreign.news(1072)).isNull();
        assertThat(foreign.news(1073)).contains("starting jobs again");
        assertThat(foreign.news(1074)).isNull();
        foreign.heard(ANY, PING, 1080);
        assertThat(foreign.news(1080)).contains("node attic");
    }

    @Test
    void theirMessagesAreReadAndOthersArePassedOver() {
        assertThat(read(Map.of("t", "init", "node", "attic"))).isEqualTo(PING);
        assertThat(read(Map.of("t", "ping", "node", "attic", "value", 0.5, "history", List.of("cellar", "attic"))))
                .isEqualTo(PING);
        assertThat(read(Map.of("t", "hist", "value", 0.5, "history", List.of("attic", "cellar"))))
                .isEqualTo(PING);
        assertThat(read(Map.of("t", "vers", "node", "attic", "cycle", 20, "gap", 1.5, "nodes", -1)))
                .isEqualTo(new Heartbeat("attic", 23.75));
        assertThat(read(Map.of("t", "vers", "node", "attic", "cycle", Double.NaN, "gap", 1.5)))
                .isEqualTo(PING);
        assertThat(read(Map.of("t", "ping", "node", 3))).isNull();
        assertThat(read(Map.of("t", "hist", "history", List.of()))).isNull();
        assertThat(read(Map.of("node", "attic"))).isNull();
        assertThat(read("ping")).isNull();
        assertThat(Heartbeat.read(null)).as("no MsgPack").isNull();
    }

    private static @Nullable Heartbeat read(Object message) {
        return Heartbeat.read(Values.encode(message));
    }
}
