/** The API of stored Java code. */
@NullMarked
package distkv.code;

import org.jspecify.annotations.NullMarked;
