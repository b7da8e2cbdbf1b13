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
public record Site(
        Store store,
        Replica replica,
        Hub hub,
        Writers writers,
        String node,
        List<String> messageRoot,
        FrameLimits limits,
        Duration patience,
        int maxConnections,
        Witnesses witnesses,
        @Nullable String witnessSocket,
        LongWork work,
        Memory memory,
        Budget connectionMemory,
        Budget streamMemory) {
    public Site(
            Store store,
            Replica replica,
            String node,
            List<String> messageRoot,
            FrameLimits limits,
            Duration patience,
            int maxConnections,
            Witnesses witnesses,
            @Nullable String witnessSocket,
            Memory memory) {
        this(
                store,
                replica,
                new Hub(),
                new Writers(store),
                node,
                messageRoot,
                memory.limits(limits),
                patience,
                maxConnections,
                witnesses,
                witnessSocket,
                new LongWork(),
                memory,
                new Budget(memory.connections()),
                new Budget(memory.streams()));
    }
}
