/** DistKV runner. */
@NullMarked
package distkv.runner;

import org.jspecify.annotations.NullMarked;
