/** Certificates and keys as files, for both sides of TLS. */
@NullMarked
package distkv.protocol.tls;

import org.jspecify.annotations.NullMarked;
