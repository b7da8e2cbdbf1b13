package distkv.protocol.token;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.ProtocolException;
import distkv.protocol.Values;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a job logs in with. Its runner makes it from the key of its session, so it costs no request; the server
 * believes it while the run's claim is there, is the one that this write made, and belongs to that session.
 *
 * @param claim the path of the claim
 * @param tick the write that made the claim
 * @param as whom the job acts as, as its entry says; {@code null} if that says nothing
 * @param signature by the session's key
 */
public record RunToken(Path claim, long tick, @Nullable String as, Bytes signature) {
    private static final String PREFIX = "dkr_";
    private static final int SIGNATURE_BYTES = 16;

    /** The token of the run that has this claim. */
    public static RunToken of(SessionKey key, Path claim, long tick, @Nullable String as) {
        return new RunToken(claim, tick, as, new Bytes(key.sign(content(claim, tick, as), SIGNATURE_BYTES)));
    }

    private static byte[] content(Path claim, long tick, @Nullable String as) {
        return Values.encode(Arrays.asList(claim, tick, as)).bytes();
    }

    /** Whether it was made with this key. */
    public boolean isSignedBy(SessionKey key) {
        return MessageDigest.isEqual(signature.array(), key.sign(content(claim, tick, as), SIGNATURE_BYTES));
    }

    /** What a worker presents. */
    public String text() {
        byte[] content = content(claim, tick, as);
        byte[] all = ByteBuffer.allocate(SIGNATURE_BYTES + content.length)
                .put(signature.array())
                .put(content)
                .array();
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    /** Reads what somebody presents; {@code null} if it is no such token. */
    public static @Nullable RunToken parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return null;
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
            if (all.length <= SIGNATURE_BYTES) {
                return null;
            }
            Value content = new Value(Arrays.copyOfRange(all, SIGNATURE_BYTES, all.length));
            return Values.decode(content) instanceof List<?> list
                            && list.size() == 3
                            && list.get(0) instanceof Path claim
                            && list.get(1) instanceof Long tick
                            && (list.get(2) == null || list.get(2) instanceof String)
                    ? new RunToken(claim, tick, (String) list.get(2), new Bytes(Arrays.copyOf(all, SIGNATURE_BYTES)))
                    : null;
        } catch (IllegalArgumentException | ProtocolException e) {
            return null;
        }
    }

    /** Not shown: whoever sees it in a log could use it. */
    @Override
    public String toString() {
        return "RunToken[" + claim + ", tick " + tick + "]";
    }
}
