package distkv.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcdAddressTest {
    @Test
    void anAddressNamesMembersAndAPrefix() {
        assertThat(EtcdAddress.parse("etcd://a:1,b,[::1]:3/house/"))
                .isEqualTo(new EtcdAddress(List.of("a:1", "b:2379", "[::1]:3"), "/house/"));
        assertThat(EtcdAddress.parse("etcd://hub")).isEqualTo(new EtcdAddress(List.of("hub:2379"), "/distkv/"));
        assertThat(EtcdAddress.parse("etcd://[::1]")).hasToString("etcd://[::1]:2379/distkv");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "etcd:/a",
                "http://a",
                "etcd://",
                "etcd://a,,b",
                "etcd://a:0",
                "etcd://a:70000",
                "etcd://a:x",
                "etcd://u@a"
            })
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> EtcdAddress.parse(text))
                .hasMessage("store: " + text + " (expected: etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX])");
    }

    @Test
    void versionsThatLoseThingsAreRefused() {
        assertThat(EtcdVersion.parse("3.4.23").refusal())
                .isEqualTo("etcd 3.4.23 may lose events and end leases of servers that are alive (expected: 3.5.13 or"
                        + " later, best 3.6.14 or later)");
        assertThat(EtcdVersion.parse("3.5.12").refusal()).isNotNull();
        assertThat(EtcdVersion.parse("3.5.13").refusal()).isNull();
        assertThat(EtcdVersion.parse("nonsense").refusal()).isNotNull();
        for (String old : List.of("3.5.13", "3.5.22", "3.6.4")) {
            assertThat(EtcdVersion.parse(old).warning()).contains(old + " has known faults");
        }
        for (String good : List.of("3.5.23", "3.6.5", "3.6.16", "3.7.0-rc.1", "4.0.0")) {
            assertThat(EtcdVersion.parse(good).warning()).isNull();
            assertThat(EtcdVersion.parse(good).refusal()).isNull();
        }
    }
}
