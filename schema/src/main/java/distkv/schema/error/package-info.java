/** The error tree: one record for each subsystem and path, with one entry below it for each node that saw the error. */
@NullMarked
package distkv.schema.error;

import org.jspecify.annotations.NullMarked;
