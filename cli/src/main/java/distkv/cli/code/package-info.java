/** The commands {@code client code}: store procedures and modules, and call them. */
@NullMarked
package distkv.cli.code;

import org.jspecify.annotations.NullMarked;
