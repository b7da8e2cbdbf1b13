/**
 * The server's side of TLS: its certificate, where it comes from, and how it is replaced while the server runs.
 *
 * <p>Threads: {@code distkv-tls} looks for a newer certificate from time to time.
 */
@NullMarked
package distkv.server.tls;

import org.jspecify.annotations.NullMarked;
