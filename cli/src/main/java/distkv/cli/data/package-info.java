/** The commands {@code client data}: read and write the tree. */
@NullMarked
package distkv.cli.data;

import org.jspecify.annotations.NullMarked;
