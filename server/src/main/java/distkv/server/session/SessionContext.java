package distkv.server.session;

import distkv.server.memory.MemoryLimits;
import distkv.server.tree.Replica;
import distkv.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions of a server share.
 *
 * @param witnessSocket the path of the socket for the witnesses of sessions; {@code null} if there is none
 */
public record SessionContext(
        Store store,
        Replica replica,
        SessionRecords records,
        WitnessRegistry witnesses,
        @Nullable String witnessSocket,
        MemoryLimits memory) {}
