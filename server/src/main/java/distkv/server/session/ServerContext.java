package distkv.server.session;

import distkv.protocol.FrameLimits;
import distkv.server.tree.Replica;
import distkv.store.Store;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of a server share.
 *
 * @param node the server's own name
 * @param messageRoot the levels put before a topic that begins with a colon
 * @param patience how long a client may leave what is written to it unread
 * @param work where to do what takes long
 * @param connectionMemory of messages that are not whole, of writes on their way, of replies that are not read
 * @param streamMemory of what waits in streams
 * @param witnessSocket where the witnesses of sessions connect to, if they can
 */
public record ServerContext(
        Store store,
        Replica replica,
        MessageHub hub,
        WriterRegistry writers,
        String node,
        List<String> messageRoot,
        FrameLimits limits,
        Duration patience,
        int maxConnections,
        WitnessRegistry witnesses,
        @Nullable String witnessSocket,
        CpuBoundExecutor work,
        MemoryLimits memory,
        MemoryBudget connectionMemory,
        MemoryBudget streamMemory) {
    public ServerContext(
            Store store,
            Replica replica,
            String node,
            List<String> messageRoot,
            FrameLimits limits,
            Duration patience,
            int maxConnections,
            WitnessRegistry witnesses,
            @Nullable String witnessSocket,
            MemoryLimits memory) {
        this(
                store,
                replica,
                new MessageHub(),
                new WriterRegistry(store),
                node,
                messageRoot,
                memory.limits(limits),
                patience,
                maxConnections,
                witnesses,
                witnessSocket,
                new CpuBoundExecutor(),
                memory,
                new MemoryBudget(memory.connections()),
                new MemoryBudget(memory.streams()));
    }
}
