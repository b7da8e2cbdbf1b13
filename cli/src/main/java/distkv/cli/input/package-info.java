/** Reads what people give to a command, in options and files, and says what is wrong with it. */
@NullMarked
package distkv.cli.input;

import org.jspecify.annotations.NullMarked;
