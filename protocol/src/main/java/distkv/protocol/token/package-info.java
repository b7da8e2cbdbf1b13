/** What runs of jobs log in with, and the keys that sign it. */
@NullMarked
package distkv.protocol.token;

import org.jspecify.annotations.NullMarked;
