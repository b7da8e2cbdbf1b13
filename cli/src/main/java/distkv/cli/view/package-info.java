/** Views of what runners write: which jobs run and where, what became of them, errors, and groups of nodes. */
@NullMarked
package distkv.cli.view;

import org.jspecify.annotations.NullMarked;
