/** The command line: finds the command that is meant, gives it what it needs, and reports what went wrong. */
@NullMarked
package distkv.cli;

import org.jspecify.annotations.NullMarked;
