/** Who may do what: rights, roles, and what each request needs, all of it pure. */
@NullMarked
package distkv.access;

import org.jspecify.annotations.NullMarked;
