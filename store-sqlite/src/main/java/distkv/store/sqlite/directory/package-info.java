/** The directory of a store: who may use it, and that nobody else can read it. */
@NullMarked
package distkv.store.sqlite.directory;

import org.jspecify.annotations.NullMarked;
