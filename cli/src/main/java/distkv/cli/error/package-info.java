/** The commands {@code client error}: look at error records, and resolve them. */
@NullMarked
package distkv.cli.error;

import org.jspecify.annotations.NullMarked;
