package distkv.server.net;

import javax.net.ssl.SSLEngine;

/** Makes the engine of each new connection, with the certificate that holds now. */
public interface TlsEngines {
    /** A server's engine, for one connection. */
    SSLEngine engine();
}
