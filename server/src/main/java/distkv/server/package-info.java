/** DistKV server. */
@NullMarked
package distkv.server;

import org.jspecify.annotations.NullMarked;
