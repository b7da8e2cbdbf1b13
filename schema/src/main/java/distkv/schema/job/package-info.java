/** Jobs: the entries that ask for runs, the states that tell what became of them, and the claims that say who runs them. */
@NullMarked
package distkv.schema.job;

import org.jspecify.annotations.NullMarked;
