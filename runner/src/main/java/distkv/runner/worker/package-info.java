/**
 * The processes that execute stored code: their parent, the socket that leads to them, and which runs share one.
 *
 * <p>Threads: everything is used by the runner's decision thread only, except that {@link WorkerConnection} and {@link
 * WorkerHost} have threads of their own, which hand events over, and {@link OutputLimiter} belongs to the thread that
 * reads the pipe.
 */
@NullMarked
package distkv.runner.worker;

import org.jspecify.annotations.NullMarked;
