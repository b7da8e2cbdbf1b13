/** Signed code: what a signature covers, the keys that make and check it, and which keys a node trusts. */
@NullMarked
package distkv.schema.sign;

import org.jspecify.annotations.NullMarked;
