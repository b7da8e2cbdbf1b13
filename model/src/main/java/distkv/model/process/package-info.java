/**
 * What every process needs besides data: threads whose failure must not be silent, directories that a killed process
 * leaves nothing of, and a trace.
 *
 * <p>Threads: any thread may call everything here.
 */
@NullMarked
package distkv.model.process;

import org.jspecify.annotations.NullMarked;
