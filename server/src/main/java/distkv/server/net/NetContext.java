package distkv.server.net;

import distkv.protocol.FrameLimits;
import distkv.server.memory.MemoryBudget;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What all connections of a server share.
 *
 * @param limits of a single message
 * @param handshakeTimeout how long the handshake of TLS may take
 * @param logIns what a connection may take before somebody has logged in on it
 * @param unreadTimeout how long a client may leave what is sent to it unread
 * @param memory for incomplete messages, pending writes and unread replies
 * @param streamMemory for what waits in streams
 * @param tock the newest tock, for messages that are about no entry
 */
public record NetContext(
        FrameLimits limits,
        Duration unreadTimeout,
        Duration handshakeTimeout,
        int maxConnections,
        LogInLimits logIns,
        MemoryBudget memory,
        MemoryBudget streamMemory,
        LongSupplier tock) {}
