/**
 * Messages between clients: topics, those who monitor them, and the hub that passes messages on.
 *
 * <p>Threads: any thread may call the {@link MessageHub}; a {@link MonitorStream} is drained by its connection's writer.
 */
@NullMarked
package distkv.server.message;

import org.jspecify.annotations.NullMarked;
