/** The words everything else is written in: paths, values, entries, writes and what is expected of them. */
@NullMarked
package distkv.model;

import org.jspecify.annotations.NullMarked;
