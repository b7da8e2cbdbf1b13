/** Which code and which jobs a node accepts, as its own files say: who wrote them, who signed them, how much they may use. */
@NullMarked
package distkv.runner.accept;

import org.jspecify.annotations.NullMarked;
