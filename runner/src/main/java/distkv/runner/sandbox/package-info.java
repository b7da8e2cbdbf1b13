/** What stored code may reach on this machine, as the parent of the workers is told. */
@NullMarked
package distkv.runner.sandbox;

import org.jspecify.annotations.NullMarked;
