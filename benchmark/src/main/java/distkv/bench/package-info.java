/** The benchmark: measures this project's targets, with its peers beside it in the same run on the same disk. */
@NullMarked
package distkv.bench;

import org.jspecify.annotations.NullMarked;
