package distkv.server.request;

import distkv.protocol.FrameLimits;
import distkv.server.access.AccessControl;
import distkv.server.memory.MemoryLimits;
import distkv.server.message.MessageHub;
import distkv.server.node.NodeService;
import distkv.server.replication.CopyService;
import distkv.server.session.SessionContext;
import distkv.server.tree.Replica;
import distkv.store.Store;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the requests of all connections share.
 *
 * @param node the server's own name
 * @param messageRoot the levels put before a topic that begins with a colon
 * @param limits of a single message
 * @param tlsStatus what people should know about the certificate; {@code null} without TLS
 * @param port where code on this machine reaches the port, as {@link distkv.protocol.StatePart#PORT} has it
 * @param executor for work that would keep a processor busy for long
 * @param access users, tokens and roles
 * @param nodes machines that join
 * @param copies of the tree
 */
public record ServerContext(
        Store store,
        Replica replica,
        MessageHub hub,
        WriterRegistry writers,
        SessionContext sessions,
        String node,
        List<String> messageRoot,
        FrameLimits limits,
        MemoryLimits memory,
        Supplier<@Nullable String> tlsStatus,
        Map<String, Object> port,
        CpuBoundExecutor executor,
        AccessControl access,
        NodeService nodes,
        CopyService copies) {}
