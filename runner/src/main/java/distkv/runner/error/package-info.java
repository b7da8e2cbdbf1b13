/** The error tree: one record for each subsystem and path, below it what each node saw. */
@NullMarked
package distkv.runner.error;

import org.jspecify.annotations.NullMarked;
