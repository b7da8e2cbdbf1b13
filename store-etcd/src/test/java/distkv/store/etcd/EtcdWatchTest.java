package distkv.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import distkv.store.engine.TaskQueue;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where a watch goes on after it was broken off, at an etcd that says what the test tells it to. */
class EtcdWatchTest {
    private static final Keys KEYS = new Keys("/t/");
    private static final EtcdOptions OPTIONS = EtcdOptions.of(EtcdAddress.parse("etcd://x"), "x");

    /** The watch that a client has asked for, and where the answers go. */
    private record Asked(long from, StreamObserver<WatchResponse> answers) {}

    private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final TaskQueue<EtcdTask> queue = new TaskQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Server server;
    private EtcdClient client;
    private EtcdWatch watch;

    @BeforeEach
    void open() throws IOException, EtcdFailure {
        server = ServerBuilder.forPort(0)
                .addService(new Watches())
                .addService(new Leases())
                .addService(new Transactions())
                .build()
                .start();
        client =
                new EtcdClient(new EtcdAddress(List.of("127.0.0.1:" + server.getPort()), "/t/"), Duration.ofSeconds(2));
        ServerPresence presence = new ServerPresence(client, KEYS, Duration.ofSeconds(60));
        History history = new History(client, KEYS, LogSnapshot.NONE);
        Snapshots snapshots = new Snapshots(client, KEYS, history, presence.server, OPTIONS, ByteString.EMPTY);
        watch = new EtcdWatch(client, KEYS, presence, snapshots, queue, timer, 10);
        watch.open();
    }

    @AfterEach
    void close() {
        watch.close();
        client.close();
        server.shutdownNow();
        timer.shutdownNow();
    }

    private Asked next() throws InterruptedException {
        Asked next = asked.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a watch").isNotNull();
        return next;
    }

    private static WatchResponse.Builder response(long header) {
        return WatchResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(header));
    }

    private static WatchResponse event(long header, long number, long revision) {
        return response(header)
                .addEvents(Event.newBuilder()
                        .setKv(KeyValue.newBuilder()
                                .setKey(KEYS.log(number))
                                .setValue(ByteString.copyFrom(new byte[] {1}))
                                .setModRevision(revision)))
                .build();
    }

    private static void breakOff(Asked stream) {
        stream.answers().onError(Status.UNAVAILABLE.asRuntimeException());
    }

    @Test
    void afterABreakBeforeTheBacklogHasComeItIsAskedForAgain() throws InterruptedException {
        Asked first = next();
        assertThat(first.from()).isEqualTo(10);
        first.answers().onNext(response(100).setCreated(true).build());
        breakOff(first);
        assertThat(next().from()).isEqualTo(10);
    }

    @Test
    void itGoesOnBehindTheLastEventThatHasCome() throws InterruptedException {
        Asked first = next();
        first.answers().onNext(response(100).setCreated(true).build());
        first.answers().onNext(event(100, 7, 55));
        assertThat(queue.take())
                .singleElement()
                .isInstanceOfSatisfying(
                        EtcdTask.Recorded.class, one -> assertThat(one.number()).isEqualTo(7));
        breakOff(first);
        assertThat(next().from()).isEqualTo(56);
    }

    @Test
    void progressAdvancesAnIdleWatch() throws InterruptedException {
        Asked first = next();
        first.answers().onNext(response(100).setCreated(true).build());
        first.answers().onNext(response(120).build());
        breakOff(first);
        assertThat(next().from()).isEqualTo(121);
    }

    @Test
    void ofWhatEtcdHasForgottenTheWriterReadsWhatIsInTheLog() throws InterruptedException {
        Asked first = next();
        first.answers()
                .onNext(response(100).setCanceled(true).setCompactRevision(80).build());
        assertThat(queue.take()).containsExactly(new EtcdTask.CatchUp());
        assertThat(next().from()).isEqualTo(80);
    }

    private final class Watches extends WatchGrpc.WatchImplBase {
        @Override
        public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
            return new StreamObserver<>() {
                @Override
                public void onNext(WatchRequest request) {
                    asked.add(new Asked(request.getCreateRequest().getStartRevision(), answers));
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {}
            };
        }
    }

    private static final class Leases extends LeaseGrpc.LeaseImplBase {
        @Override
        public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> answer) {
            answer.onNext(LeaseGrantResponse.newBuilder().setID(1).build());
            answer.onCompleted();
        }
    }

    private static final class Transactions extends KVGrpc.KVImplBase {
        @Override
        public void txn(TxnRequest request, StreamObserver<TxnResponse> answer) {
            answer.onNext(TxnResponse.newBuilder().setSucceeded(true).build());
            answer.onCompleted();
        }
    }
}
