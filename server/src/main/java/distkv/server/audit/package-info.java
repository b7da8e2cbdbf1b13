/**
 * The audit log: who has logged in, was denied something, or changed rights, code or jobs.
 *
 * <p>Threads: any thread may record an event, without waiting; one thread writes them.
 */
@NullMarked
package distkv.server.audit;

import org.jspecify.annotations.NullMarked;
