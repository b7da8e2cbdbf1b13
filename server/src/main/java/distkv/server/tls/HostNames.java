package distkv.server.tls;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The names and addresses under which clients reach a server, for its certificate: {@code localhost} with its addresses,
 * the machine's name, and what the server listens on; if that is every address, all that the machine has.
 *
 * @param host as the server was told
 * @param listening where it listens
 */
record HostNames(String host, InetAddress listening) implements Supplier<List<String>> {
    /** IPv6 as certificates of the JDK have it. */
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");

    @Override
    public List<String> get() {
        Set<String> names = new TreeSet<>(LOOPBACK);
        try {
            InetAddress local = InetAddress.getLocalHost();
            names.add(local.getHostName());
            if (local.isLoopbackAddress() || !listening.isLoopbackAddress()) {
                names.add(text(local));
            }
        } catch (UnknownHostException e) {
            // The machine's name has no address: nobody reaches the server by it.
            names.add(text(listening));
        }
        if (listening.isAnyLocalAddress()) {
            interfaces().forEach(address -> names.add(text(address)));
        } else {
            names.add(text(listening));
            names.add(host.contains(":") ? text(listening) : host);
        }
        return List.copyOf(names);
    }

    private static List<InetAddress> interfaces() {
        List<InetAddress> found = new ArrayList<>();
        try {
            NetworkInterface.networkInterfaces()
                    .forEach(each -> found.addAll(Collections.list(each.getInetAddresses())));
        } catch (SocketException e) {
            // The names above remain.
            return found;
        }
        return found;
    }

    /** The address as certificates have it: without the interface of a link-local one. */
    private static String text(InetAddress address) {
        return address.getHostAddress().split("%", -1)[0];
    }
}
