/**
 * The Java worker: a process, started by a runner, that executes Java jobs.
 *
 * <p>Threads: the main thread reads the runner's messages and hands them to {@link JavaWorker}. Each run has a virtual
 * thread, and each task of a run another one. One platform thread writes to the runner, one fires timers. Classes that
 * several of these threads share say how they are guarded; the rest are confined to one run's thread.
 */
@NullMarked
package distkv.worker;

import org.jspecify.annotations.NullMarked;
