/** Building blocks of the client that know nothing of its connections; not for use outside of it. */
@NullMarked
package distkv.client.internal;

import org.jspecify.annotations.NullMarked;
