/** Stored code: what Java that is stored in the tree is written against, and how clients call stored procedures. */
@NullMarked
package distkv.code;

import org.jspecify.annotations.NullMarked;
