/** What those have to know who make a server a copy of another one, or the main server of copies. */
@NullMarked
package distkv.server.copy;

import org.jspecify.annotations.NullMarked;
