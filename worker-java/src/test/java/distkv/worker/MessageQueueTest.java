package distkv.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.Message;
import distkv.code.StalledException;
import distkv.code.Subscription;
import distkv.model.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a job that takes no messages has stalled. */
class MessageQueueTest {
    private static final Message CHANGE = new Message.Change(Path.of("a"), 1L, new Subscription() {
        @Override
        public Path path() {
            return Path.of("a");
        }

        @Override
        public boolean cancel() {
            return false;
        }
    });

    private final MessageQueue inbox = new MessageQueue(10);

    private void idle() {
        for (int i = 0; i < MessageQueue.SLICES; i++) {
            inbox.slicePassed();
        }
    }

    @Test
    void whoHasBegunToTakeMessagesAndLeavesThoseThatItAskedForHasStalled() throws InterruptedException {
        inbox.put(new Message.Ready(0));
        inbox.putWatched(CHANGE, 256);
        assertThat(inbox.next()).isEqualTo(new Message.Ready(0));
        idle();
        assertThatThrownBy(inbox::next).isInstanceOf(StalledException.class);
    }

    @Test
    void whoHasNotBegunToTakeMessagesHasNotStalled() throws InterruptedException {
        inbox.put(new Message.Ready(0));
        inbox.putWatched(CHANGE, 256);
        idle();
        idle();
        assertThat(inbox.next()).isEqualTo(new Message.Ready(0));
        assertThat(inbox.next()).isEqualTo(CHANGE);
    }

    @Test
    void messagesThatNobodyAskedForAreNotWaitedFor() {
        assertThat(inbox.next(Duration.ZERO)).isNull();
        inbox.put(new Message.Ready(0));
        inbox.put(new Message.Complete(1, 1));
        idle();
        assertThat(inbox.next()).isEqualTo(new Message.Ready(0));
        assertThat(inbox.next()).isEqualTo(new Message.Complete(1, 1));
    }

    @Test
    void whatWasTakenBackIsNotWaitedFor() throws InterruptedException {
        inbox.putWatched(CHANGE, 256);
        assertThat(inbox.next()).isEqualTo(CHANGE);
        inbox.putWatched(CHANGE, 256);
        assertThat(inbox.withdraw(CHANGE)).isTrue();
        inbox.put(new Message.Ready(1));
        idle();
        assertThat(inbox.next()).isEqualTo(new Message.Ready(1));
    }

    @Test
    void whatIsWrittenAfterAChangeWasTakenHasItAsItsCause() throws Exception {
        inbox.put(new Message.Ready(0));
        inbox.putWatched(CHANGE, 256);
        inbox.putWatched(CHANGE, 512);
        inbox.put(new Message.Ready(1));
        inbox.next();
        assertThat(EventCause.get()).isZero();
        inbox.next();
        assertThat(EventCause.get()).isEqualTo(256);
        long[] inherited = {0};
        Thread.ofVirtual().start(() -> inherited[0] = EventCause.get()).join();
        assertThat(inherited[0]).isEqualTo(256);
        inbox.next();
        assertThat(EventCause.get()).isEqualTo(512);
        inbox.next();
        assertThat(EventCause.get()).isZero();
    }
}
