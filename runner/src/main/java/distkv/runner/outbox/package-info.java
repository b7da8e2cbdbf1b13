/**
 * The outbox of a runner: in which order its commits are made, which of them share one, and what is made of a conflict
 * or of a lost reply.
 *
 * <p>Tested by simulation together with the decisions.
 */
@NullMarked
package distkv.runner.outbox;

import org.jspecify.annotations.NullMarked;
