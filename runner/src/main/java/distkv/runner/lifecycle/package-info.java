/**
 * What becomes of jobs on this runner: one state machine for all of them, which takes events and returns effects.
 *
 * <p>All of it is used by the decision thread only.
 */
@NullMarked
package distkv.runner.lifecycle;

import org.jspecify.annotations.NullMarked;
