package distkv.store.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** A call of etcd that failed. */
final class EtcdFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What that means. */
    enum Meaning {
        /** Nobody answered, or there was no leader: what was asked for may have been done, or may yet be. */
        UNREACHABLE,
        /** Nothing was done, and asking again would not help. */
        REFUSED,
        /** Nothing was done: etcd is at its limit of space. */
        NO_SPACE,
        /** The revision of etcd that was asked for is not there any more. */
        COMPACTED
    }

    private final Meaning kind;

    private EtcdFailure(Meaning kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    Meaning kind() {
        return kind;
    }

    static EtcdFailure of(StatusRuntimeException e) {
        Status status = e.getStatus();
        String text = status.getDescription() == null ? String.valueOf(status.getCode()) : status.getDescription();
        return new EtcdFailure(kind(status.getCode(), text), text.replaceFirst("^etcdserver: ", ""), e);
    }

    private static Meaning kind(Status.Code code, String text) {
        if (text.contains("database space exceeded")) {
            return Meaning.NO_SPACE;
        }
        return switch (code) {
            case OUT_OF_RANGE -> text.contains("compacted") ? Meaning.COMPACTED : Meaning.REFUSED;
            case INVALID_ARGUMENT, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION, NOT_FOUND, UNIMPLEMENTED ->
                Meaning.REFUSED;
            default -> Meaning.UNREACHABLE;
        };
    }
}
