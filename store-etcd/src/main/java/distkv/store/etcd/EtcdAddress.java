package distkv.store.etcd;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a tree is: {@code etcd://host:port[,host:port…][/prefix]}.
 *
 * @param members of the cluster, each as {@code host:port}
 * @param prefix of all keys of the tree, which begins and ends with a slash
 */
public record EtcdAddress(List<String> members, String prefix) {
    /** What an address begins with. */
    public static final String SCHEME = "etcd://";

    private static final String DEFAULT_PREFIX = "/distkv/";
    private static final int PORT = 2379;

    public EtcdAddress {
        members = List.copyOf(members);
    }

    /**
     * Reads an address. A host without a port has etcd's, {@value #PORT}; without a prefix it is
     * {@value #DEFAULT_PREFIX}.
     *
     * @throws IllegalArgumentException if it is none; the message says why
     */
    public static EtcdAddress parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw wrong(text);
        }
        String rest = text.substring(SCHEME.length());
        int slash = rest.indexOf('/');
        String hosts = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash).replaceAll("/+$", "");
        List<String> members = new ArrayList<>();
        for (String host : hosts.split(",", -1)) {
            members.add(member(host, text));
        }
        return new EtcdAddress(members, path.isEmpty() ? DEFAULT_PREFIX : path + "/");
    }

    private static String member(String host, String text) {
        if (host.isEmpty() || host.contains("@")) {
            throw wrong(text);
        }
        int colon = host.lastIndexOf(':');
        if (colon < 0 || host.endsWith("]")) {
            return host + ":" + PORT;
        }
        String port = host.substring(colon + 1);
        if (colon == 0
                || !port.matches("[0-9]{1,5}")
                || Integer.parseInt(port) < 1
                || Integer.parseInt(port) > 65_535) {
            throw wrong(text);
        }
        return host;
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "store: " + text + " (expected: etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX])");
    }

    @Override
    public String toString() {
        return SCHEME + String.join(",", members) + prefix.substring(0, prefix.length() - 1);
    }
}
