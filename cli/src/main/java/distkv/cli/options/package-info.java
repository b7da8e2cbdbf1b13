/** Options that several commands share. */
@NullMarked
package distkv.cli.options;

import org.jspecify.annotations.NullMarked;
