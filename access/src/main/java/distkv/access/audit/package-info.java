/** The lines and files of the audit log, as a server writes them and others read them. */
@NullMarked
package distkv.access.audit;

import org.jspecify.annotations.NullMarked;
