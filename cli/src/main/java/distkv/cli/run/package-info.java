/** The commands {@code client run}: define, start, stop, and look at jobs. */
@NullMarked
package distkv.cli.run;

import org.jspecify.annotations.NullMarked;
