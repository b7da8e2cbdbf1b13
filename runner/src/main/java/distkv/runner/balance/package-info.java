/**
 * Who of a group takes, keeps and gives away the jobs that any node may run, decided on each node from what all of them
 * see.
 *
 * <p>Pure: nothing here reads a clock, waits, or writes; everything is used by the decision thread only. Times are unix
 * times in seconds.
 */
@NullMarked
package distkv.runner.balance;

import org.jspecify.annotations.NullMarked;
