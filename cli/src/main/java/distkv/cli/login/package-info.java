/** The commands by which people log in and out. */
@NullMarked
package distkv.cli.login;

import org.jspecify.annotations.NullMarked;
