/** The Java worker: a process of a runner, in which Java jobs run, each on virtual threads of its own. */
@NullMarked
package distkv.worker;

import org.jspecify.annotations.NullMarked;
