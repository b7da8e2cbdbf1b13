package distkv.worker;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.code.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Message.Ready} counts. The Python worker's {@code test_readiness.py} has the same histories. */
class ReadinessTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            each watch that is ready counts                             | open 1, open 2, ready 1, ready 2           | 2
            one that is opened later makes one more                     | open 1, ready 1, open 2, ready 2           | 1 2
            one that is cancelled after it was ready still counts       | open 1, ready 1, close 1, open 2, ready 2  | 1 2
            one that is cancelled before it was ready is not waited for | open 1, open 2, ready 1, close 2           | 1
            nor does it count                                           | open 1, close 1, open 2, ready 2           | 1
            a watch counts once, also if it sends all again             | open 1, ready 1, ready 1, close 1, close 1 | 1
            a job whose only watch is cancelled hears nothing           | open 1, close 1                            | ''
            """)
    void whatIsCounted(String what, String history, String expected) throws InterruptedException {
        MessageQueue inbox = new MessageQueue(10);
        Readiness readiness = new Readiness(inbox);
        for (String step : history.split(", ", -1)) {
            String[] words = step.split(" ", -1);
            switch (words[0]) {
                case "open" -> readiness.opened(words[1]);
                case "ready" -> readiness.ready(words[1]);
                default -> readiness.closed(words[1]);
            }
        }
        List<Integer> told = new ArrayList<>();
        while (inbox.next(Duration.ZERO) instanceof Message.Ready(int watches)) {
            told.add(watches);
        }
        assertThat(told.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .as(what)
                .isEqualTo(expected);
    }
}
