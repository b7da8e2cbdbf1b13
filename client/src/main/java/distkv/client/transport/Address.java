package distkv.client.transport;

import java.nio.file.Path;

/** Where a server is. As text it is what users write: {@code host:port}, {@code tls://host:port}, {@code unix:PATH}. */
public sealed interface Address {
    /** Begins the address of a Unix socket. */
    String UNIX = "unix:";

    /** Begins the address of a server with TLS. */
    String TLS = "tls://";

    /** A port, without TLS. */
    record Tcp(String host, int port) implements Address {
        @Override
        public String toString() {
            return text(host, port);
        }
    }

    /** A port, with TLS. */
    record Tls(String host, int port) implements Address {
        @Override
        public String toString() {
            return TLS + text(host, port);
        }
    }

    /** A Unix socket on this machine. */
    record Unix(Path path) implements Address {
        @Override
        public String toString() {
            return UNIX + path;
        }
    }

    /**
     * Reads an address.
     *
     * @param host a name or an address, {@code tls://} with one and perhaps a port, or {@code unix:} with a path
     * @param port used unless the host says another one
     * @throws IllegalArgumentException if it is none
     */
    static Address of(String host, int port) {
        if (host.startsWith(UNIX)) {
            if (host.length() == UNIX.length()) {
                throw new IllegalArgumentException("host: " + host + " (expected: unix: and the path of a socket)");
            }
            return new Unix(Path.of(host.substring(UNIX.length())));
        } else if (host.startsWith(TLS)) {
            return tls(host, port);
        }
        return new Tcp(bare(host), port);
    }

    private static Tls tls(String whole, int otherwise) {
        String rest = whole.substring(TLS.length());
        int colon = rest.lastIndexOf(':');
        // The colons of an IPv6 address belong to it, with brackets or without.
        boolean hasPort = rest.startsWith("[") ? colon > rest.indexOf(']') : colon >= 0 && colon == rest.indexOf(':');
        try {
            int port = hasPort ? Integer.parseInt(rest.substring(colon + 1)) : otherwise;
            String host = bare(hasPort ? rest.substring(0, colon) : rest);
            if (!host.isEmpty() && port > 0 && port <= 0xFFFF) {
                return new Tls(host, port);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(message(whole), e);
        }
        throw new IllegalArgumentException(message(whole));
    }

    private static String message(String whole) {
        return "host: " + whole + " (expected: tls://HOST or tls://HOST:PORT with a port from 1 to 65535)";
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static String text(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
