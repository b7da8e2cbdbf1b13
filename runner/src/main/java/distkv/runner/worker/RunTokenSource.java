package distkv.runner.worker;

import org.jspecify.annotations.Nullable;

/** Makes what runs log in with at the server. */
public interface RunTokenSource {
    /** The token of a run; {@code null} if the runner has no session that its claim could be bound to. */
    @Nullable
    String token(Launch launch);
}
