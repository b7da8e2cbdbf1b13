/** The commands on nodes: run a runner, drain it, set its group, and install it. */
@NullMarked
package distkv.cli.node;

import org.jspecify.annotations.NullMarked;
