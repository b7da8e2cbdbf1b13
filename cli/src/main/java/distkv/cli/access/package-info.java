/** The commands on users, roles and tokens. */
@NullMarked
package distkv.cli.access;

import org.jspecify.annotations.NullMarked;
