/** DistKV client. */
@NullMarked
package distkv.client;

import org.jspecify.annotations.NullMarked;
