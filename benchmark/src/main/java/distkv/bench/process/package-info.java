/** The servers that are measured, each a process of its own: ours, its runners, and the peers. */
@NullMarked
package distkv.bench.process;

import org.jspecify.annotations.NullMarked;
