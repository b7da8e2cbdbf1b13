package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.server.access.LogInCodes.State;
import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LogInCodesTest {
    private final AtomicLong now = new AtomicLong();
    private final LogInCodes codes = new LogInCodes(now::get);

    private LogInCodes.Created create(String address) {
        return Objects.requireNonNull(codes.create(address, "laptop"));
    }

    @Test
    void aCodeIsApprovedOnceAndLogsInOnce() {
        LogInCodes.Created created = create("a");
        assertThat(created.code()).matches("[B-Z]{4}-[B-Z]{4}");
        assertThat(codes.redeem(created.secret())).isEqualTo(new State.Pending());
        assertThat(codes.find(created.code())).isEqualTo(new LogInCodes.Waiting("a", "laptop", 0, null));
        assertThat(codes.decide(created.code(), "anna")).isTrue();
        assertThat(codes.find(created.code())).isNull();
        assertThat(codes.decide(created.code(), "emil")).isFalse();
        assertThat(codes.redeem(created.secret())).isEqualTo(new State.Approved("anna"));
        assertThat(codes.redeem(created.secret())).isEqualTo(new State.Gone());
    }

    @Test
    void oneThatIsRefusedIsGone() {
        LogInCodes.Created created = create("a");
        assertThat(codes.decide(created.code(), null)).isTrue();
        assertThat(codes.redeem(created.secret())).isEqualTo(new State.Gone());
    }

    @Test
    void theCodeItselfLogsNobodyIn() {
        LogInCodes.Created created = create("a");
        codes.decide(created.code(), "anna");
        assertThat(codes.redeem(created.code())).isEqualTo(new State.Gone());
        assertThat(codes.redeem("")).isEqualTo(new State.Gone());
    }

    @Test
    void oneThatIsOldIsGoneApprovedOrNot() {
        LogInCodes.Created first = create("a");
        LogInCodes.Created second = create("a");
        codes.decide(second.code(), "anna");
        now.addAndGet(LogInCodes.LIFE.toNanos());
        assertThat(codes.redeem(second.secret())).isEqualTo(new State.Gone());
        assertThat(codes.find(first.code())).isNull();
    }

    @Test
    void thereAreOnlySoManyOfAnAddressAndInAll() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < LogInCodes.MOST; i++) {
            seen.add(create("address " + i / LogInCodes.MOST_OF_ADDRESS).code());
            if (i == LogInCodes.MOST_OF_ADDRESS - 1) {
                assertThat(codes.create("address 0", "laptop")).isNull();
            }
        }
        assertThat(seen).hasSize(LogInCodes.MOST);
        assertThat(codes.create("another", "laptop")).isNull();
        now.addAndGet(LogInCodes.LIFE.plus(Duration.ofSeconds(1)).toNanos());
        create("another");
    }
}
