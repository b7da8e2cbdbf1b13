package distkv.protocol.codec;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The actions of the protocol. */
enum Action {
    GET_VALUE,
    SET_VALUE,
    DELETE_VALUE,
    DELETE_TREE,
    GET_TREE,
    WATCH,
    ENUM,
    ENUMERATE,
    GET_INTERNAL,
    SET_INTERNAL,
    DELETE_INTERNAL,
    GET_TREE_INTERNAL,
    ENUM_INTERNAL,
    ENUM_NODE,
    ROOT,
    GET_STATE,
    GET_TOCK,
    STOP,
    MSG_SEND,
    MSG_MONITOR,
    TEST_ACL,
    SESSION,
    SESSION_RENEW,
    SESSION_END,
    COMMIT,
    NODE_INVITE,
    NODE_JOIN,
    NODE_RENEW,
    NODE_LIST,
    NODE_REVOKE,
    COPY_FOLLOW,
    COPY_PROMOTE,
    AUTH,
    AUTH_INFO,
    AUTH_CODE,
    AUTH_APPROVE,
    AUTH_TOKEN,
    AUTH_PASSWORD,
    DIFFIE_HELLMAN,
    // Known, but not served:
    AUTH_GET,
    AUTH_SET,
    AUTH_LIST,
    SET_AUTH_TYP,
    SAVE,
    LOG,
    KILL_NODE,
    CHECK_DELETED,
    UPDATE,
    FAKE_INFO,
    FAKE_INFO_SEND;

    private static final NameTable<Action> NAMES = new NameTable<>(values(), Action::toString);

    private final String word = name().toLowerCase(Locale.ROOT);

    static @Nullable Action of(byte[] bytes, int from, int length) {
        return NAMES.find(bytes, from, length);
    }

    @Override
    public String toString() {
        return word;
    }
}
