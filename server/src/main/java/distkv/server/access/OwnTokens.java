package distkv.server.access;

import distkv.access.AccessTable;
import distkv.access.Principal;
import distkv.access.Token;
import distkv.model.Path;
import distkv.protocol.ChainCondition;
import distkv.protocol.Request;
import distkv.protocol.WriteConditions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that users make for themselves, by which {@code distkv login} stays logged in. They are written as any entry is;
 * here is what they may contain.
 */
public final class OwnTokens {
    /** The longest that such a token is valid: a year. */
    private static final double LONGEST = 366 * 86_400;

    private static final WriteConditions ABSENT = new WriteConditions(ChainCondition.ABSENT, null, List.of());

    private OwnTokens() {}

    /**
     * The write that keeps a token.
     *
     * @param principal who asks for it
     * @throws IllegalArgumentException if it may not be kept
     */
    public static Request keep(Request.KeepToken request, @Nullable Principal principal, double now) {
        if (!(principal instanceof Principal.OfUser(String user))) {
            // Whoever has stolen a token cannot stay longer than that is valid.
            throw new IllegalArgumentException("token: not by another token (expected: a log-in by password or code)");
        }
        if (!Token.isId(request.id()) || !request.hash().matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "id, hash: not those of a token (expected: 12 and 64 hexadecimal digits)");
        }
        if (!(request.expires() > now && request.expires() <= now + LONGEST)) {
            throw new IllegalArgumentException("expires: " + request.expires()
                    + " (expected: a unix time within a year from now, " + (long) now + ")");
        }
        Token token = Token.of(user, request.id(), request.name(), request.hash(), request.expires());
        return new Request.SetValue(
                request.seq(),
                below(AccessTable.token(request.id())),
                true,
                token.encode(),
                ABSENT,
                false,
                false,
                false);
    }

    /**
     * The write that deletes a token.
     *
     * @throws IllegalArgumentException if it is another user's
     */
    public static Request drop(Request.DropToken request, @Nullable Principal principal, AccessTable table) {
        String user = user(principal);
        Token token = table.findToken(request.id());
        if (token == null || !user.equals(token.user())) {
            throw new IllegalArgumentException("id: not a token of yours (expected: one that 'distkv login' has made)");
        }
        return new Request.DeleteValue(
                request.seq(), below(AccessTable.token(request.id())), true, WriteConditions.NONE, false);
    }

    private static String user(@Nullable Principal principal) {
        return switch (principal) {
            case Principal.OfUser(String name) -> name;
            case Principal.OfLogIn(String name, String _) -> name;
            case null, default ->
                throw new IllegalArgumentException(
                        "token: only users have tokens of their own (expected: a log-in as a" + " user)");
        };
    }

    private static Path below(Path internal) {
        return internal.tail(1);
    }
}
