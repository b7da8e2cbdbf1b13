/** DistKV cli. */
@NullMarked
package distkv.cli;

import org.jspecify.annotations.NullMarked;
