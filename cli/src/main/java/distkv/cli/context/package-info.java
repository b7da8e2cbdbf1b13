/** What every command is given: the terminal, the configuration, the printer, and a connection to the tree. */
@NullMarked
package distkv.cli.context;

import org.jspecify.annotations.NullMarked;
