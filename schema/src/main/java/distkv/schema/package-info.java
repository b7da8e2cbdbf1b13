/** What the system keeps in the tree, beside its users' data: where each kind of entry is, and how its fields are read and written. */
@NullMarked
package distkv.schema;

import org.jspecify.annotations.NullMarked;
