/** How a client says who it is: what it presents, and where that is kept. */
@NullMarked
package distkv.client.login;

import org.jspecify.annotations.NullMarked;
