package distkv.store.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Calls etcd, one member at a time: after one that did not answer the next is asked. Nothing is asked twice here; callers
 * know what may be. For any thread.
 */
final class EtcdClient implements AutoCloseable {
    /** As much as etcd sends at once: a range is bounded by who asks, the changes of one revision are a record. */
    private static final int MAX_MESSAGE = 64 << 20;

    /** A member that is cut off from the others says so instead of answering from what it knows. */
    private static final Metadata LEADER = new Metadata();

    /** What it has to say to people is said here. */
    private static final java.util.logging.Logger GRPC = java.util.logging.Logger.getLogger("io.grpc");

    static {
        GRPC.setLevel(java.util.logging.Level.WARNING);
        LEADER.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    }

    private final List<ManagedChannel> members;
    private final AtomicInteger current = new AtomicInteger();
    /** For how long a call may take. */
    private final Duration timeout;

    EtcdClient(EtcdAddress address, Duration timeout) {
        this.timeout = timeout;
        this.members = address.members().stream()
                .<ManagedChannel>map(member -> ManagedChannelBuilder.forTarget("dns:///" + member)
                        .usePlaintext()
                        .maxInboundMessageSize(MAX_MESSAGE)
                        .keepAliveTime(10, TimeUnit.SECONDS)
                        .keepAliveTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .build())
                .toList();
    }

    private interface Call<T> {
        T on(ManagedChannel member) throws StatusRuntimeException;
    }

    private <T> T call(Call<T> call) throws EtcdFailure {
        int which = current.get();
        try {
            return call.on(members.get(which));
        } catch (StatusRuntimeException e) {
            EtcdFailure failure = EtcdFailure.of(e);
            if (failure.kind() == EtcdFailure.Meaning.UNREACHABLE) {
                leave(which);
            }
            throw failure;
        }
    }

    private void leave(int which) {
        int next = (which + 1) % members.size();
        if (current.compareAndSet(which, next)) {
            // It would wait for up to two minutes before it connects again; who asks knows how often is too often.
            members.get(next).resetConnectBackoff();
        }
    }

    private <S extends AbstractStub<S>> S bounded(S stub) {
        return stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    TxnResponse txn(TxnRequest request) throws EtcdFailure {
        return call(member -> bounded(KVGrpc.newBlockingStub(member)).txn(request));
    }

    RangeResponse range(RangeRequest request) throws EtcdFailure {
        return call(member -> bounded(KVGrpc.newBlockingStub(member)).range(request));
    }

    /** Puts a value that nobody else puts, so that doing it twice is the same. */
    void put(ByteString key, ByteString value) throws EtcdFailure {
        var _ = call(member -> bounded(KVGrpc.newBlockingStub(member))
                .put(PutRequest.newBuilder().setKey(key).setValue(value).build()));
    }

    void delete(ByteString from, ByteString to) throws EtcdFailure {
        var _ = call(member -> bounded(KVGrpc.newBlockingStub(member))
                .deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(from)
                        .setRangeEnd(to)
                        .build()));
    }

    /** Drops what was superseded before that revision of etcd. */
    void compact(long revision) throws EtcdFailure {
        var _ = call(member -> bounded(KVGrpc.newBlockingStub(member))
                .compact(CompactionRequest.newBuilder().setRevision(revision).build()));
    }

    EtcdVersion version() throws EtcdFailure {
        return EtcdVersion.parse(call(member ->
                        bounded(MaintenanceGrpc.newBlockingStub(member)).status(StatusRequest.getDefaultInstance()))
                .getVersion());
    }

    long grant(Duration ttl) throws EtcdFailure {
        return call(member -> bounded(LeaseGrpc.newBlockingStub(member))
                        .leaseGrant(LeaseGrantRequest.newBuilder()
                                .setTTL(ttl.toSeconds())
                                .build()))
                .getID();
    }

    void revoke(long lease) throws EtcdFailure {
        var _ = call(member -> bounded(LeaseGrpc.newBlockingStub(member))
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease).build()));
    }

    /** Renews a lease once; false if it has ended. */
    boolean renew(long lease) throws EtcdFailure {
        return call(member -> {
                            CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
                            StreamObserver<LeaseKeepAliveRequest> stream = bounded(LeaseGrpc.newStub(member))
                                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(LEADER))
                                    .leaseKeepAlive(first(answer));
                            stream.onNext(LeaseKeepAliveRequest.newBuilder()
                                    .setID(lease)
                                    .build());
                            stream.onCompleted();
                            return await(answer);
                        })
                        .getTTL()
                > 0;
    }

    private static <T> StreamObserver<T> first(CompletableFuture<T> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                answer.complete(value);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                answer.completeExceptionally(io.grpc.Status.UNAVAILABLE.asRuntimeException());
            }
        };
    }

    private <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(timeout.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StatusRuntimeException failure ? failure : unavailable(e);
        } catch (TimeoutException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static StatusRuntimeException unavailable(Exception cause) {
        return io.grpc.Status.UNAVAILABLE.withCause(cause).asRuntimeException();
    }

    /** Opens a stream of watches on the current member; who gets an error from it is to call {@code moved} with it. */
    StreamObserver<WatchRequest> watch(Function<Runnable, StreamObserver<WatchResponse>> listener) {
        int which = current.get();
        return WatchGrpc.newStub(members.get(which))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(LEADER))
                .watch(listener.apply(() -> leave(which)));
    }

    @Override
    public void close() {
        members.forEach(ManagedChannel::shutdownNow);
    }
}
