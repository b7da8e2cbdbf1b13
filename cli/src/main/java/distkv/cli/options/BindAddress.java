package distkv.cli.options;

import distkv.cli.config.Config;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** An address to listen on: {@code 127.0.0.1:27586}, {@code [::1]:27586}, {@code :27586}. */
public record BindAddress(String host, int port) {
    public static final String LOOPBACK = "127.0.0.1";

    public static BindAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= 0xFFFF) {
                return new BindAddress(host.isEmpty() ? LOOPBACK : host, port);
            }
        } catch (NumberFormatException e) {
            throw new UsageException(message(text), e);
        }
        throw new UsageException(message(text));
    }

    /** An address of the loopback interface; port 0 is any free one. */
    public static BindAddress loopback(int port) {
        return new BindAddress(LOOPBACK, port);
    }

    /** Whether only this machine can connect. A host that is unknown counts as such: the server says so itself. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }

    /** The configuration of clients that connect to this address. */
    public Config applyTo(Config config) {
        return config.with(Path.of("connect", "host"), host).with(Path.of("connect", "port"), (long) port);
    }

    private static String message(String text) {
        return "--bind " + text + " (expected: ADDR:PORT with a port from 0 to 65535, for example 127.0.0.1:27586)";
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
