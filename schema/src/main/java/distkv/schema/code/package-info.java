/** Stored code: the entries of procedures and modules, and what they require of each other. */
@NullMarked
package distkv.schema.code;

import org.jspecify.annotations.NullMarked;
