package distkv.runner.worker;

import distkv.schema.code.Language;
import distkv.schema.job.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The sort of place in a worker that a run needs. Runs that need the same may share a worker unless they must be alone:
 * those in one language, and a run that must end with its claim takes all its neighbours along.
 *
 * @param alone whether no other run may share the worker
 * @param outlivesClaim whether a run goes on there when its claim may have ended
 * @param network whether the worker has the network; {@code null}: as the node says
 * @param as whom its runs act as: they share the worker's connection to the server
 */
public record Place(
        Language language,
        boolean alone,
        boolean outlivesClaim,
        @Nullable Boolean network,
        @Nullable String as) {
    /** One for runs that act as the owner. */
    public Place(Language language, boolean alone, boolean outlivesClaim, @Nullable Boolean network) {
        this(language, alone, outlivesClaim, network, null);
    }

    /** The same under the limits of the node as well. A run with limits does not share its worker. */
    public Place within(Limits node) {
        boolean connected = network == null ? !node.isOffline() : network;
        return new Place(language, alone || !node.isEmpty(), outlivesClaim, connected, as);
    }

    boolean isOffline() {
        return Boolean.FALSE.equals(network);
    }

    boolean isJava() {
        return language == Language.JAVA;
    }
}
