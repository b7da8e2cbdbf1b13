/** The commands {@code key}, and the keys that other commands sign with. */
@NullMarked
package distkv.cli.key;

import org.jspecify.annotations.NullMarked;
