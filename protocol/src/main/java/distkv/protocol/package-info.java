/** DistKV protocol. */
@NullMarked
package distkv.protocol;

import org.jspecify.annotations.NullMarked;
