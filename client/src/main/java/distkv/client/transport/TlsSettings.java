package distkv.client.transport;

import distkv.protocol.tls.Fingerprint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client trusts, and how it proves who it is. Without a file and a fingerprint it trusts the authorities that the
 * Java installation trusts.
 *
 * @param authority a PEM file with the certificates of the authorities to trust
 * @param fingerprint of the only authority to trust, which the server shows beside its own certificate
 * @param certificate a PEM file with the client's certificate; {@code null} if it has none
 * @param key a PEM file with the key of the certificate
 * @param name that the server's certificate must be for; {@code null}: the host that the client connects to
 */
public record TlsSettings(
        @Nullable Path authority,
        @Nullable Fingerprint fingerprint,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable String name) {
    private static final Set<String> KEYS = Set.of("ca", "fingerprint", "cert", "key", "name");

    /** Trusts what the Java installation trusts. */
    public static final TlsSettings DEFAULT = new TlsSettings(null, null, null, null, null);

    public TlsSettings {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException(
                    "tls: a " + (key == null ? "certificate without its key" : "key without its certificate")
                            + " (expected: both, or none)");
        }
    }

    /** Trusts the authorities in a PEM file. */
    public static TlsSettings trusting(Path authority) {
        return new TlsSettings(authority, null, null, null, null);
    }

    /** Trusts the authority with this fingerprint. */
    public static TlsSettings trusting(Fingerprint fingerprint) {
        return new TlsSettings(null, fingerprint, null, null, null);
    }

    /**
     * Reads what the configuration says as {@code connect.ssl}: false or nothing, true, or a map with {@code ca}, {@code
     * fingerprint}, {@code cert}, {@code key} and {@code name}.
     *
     * @return {@code null} if there is to be no TLS, unless an address asks for it
     * @throws IllegalArgumentException if it says something else
     */
    public static @Nullable TlsSettings of(@Nullable Object configured) {
        return switch (configured) {
            case null -> null;
            case Boolean on -> on ? DEFAULT : null;
            case Map<?, ?> map
            when KEYS.containsAll(map.keySet()) -> {
                String pinned = text(map, "fingerprint");
                yield new TlsSettings(
                        path(map, "ca"),
                        pinned == null ? null : Fingerprint.parse(pinned),
                        path(map, "cert"),
                        path(map, "key"),
                        text(map, "name"));
            }
            case Object other ->
                throw new IllegalArgumentException("ssl: " + other
                        + " (expected: true, false, or a map with ca or fingerprint, cert and key, and name)");
        };
    }

    /** These settings as the configuration says them. */
    public Object toConfiguration() {
        Map<String, String> map = new LinkedHashMap<>();
        put(map, "ca", authority);
        put(map, "fingerprint", fingerprint);
        put(map, "cert", certificate);
        put(map, "key", key);
        put(map, "name", name);
        return map.isEmpty() ? true : map;
    }

    private static void put(Map<String, String> map, String name, @Nullable Object value) {
        if (value != null) {
            map.put(name, value.toString());
        }
    }

    private static @Nullable String text(Map<?, ?> map, String name) {
        Object value = map.get(name);
        return value == null ? null : value.toString();
    }

    private static @Nullable Path path(Map<?, ?> map, String name) {
        String value = text(map, name);
        return value == null ? null : Path.of(value);
    }

    /** The same, with a certificate of the client's own. */
    public TlsSettings withCertificate(Path newCertificate, Path newKey) {
        return new TlsSettings(authority, fingerprint, newCertificate, newKey, name);
    }

    /** The same, for a server whose certificate has this name, wherever it is. */
    public TlsSettings forName(String newName) {
        return new TlsSettings(authority, fingerprint, certificate, key, newName);
    }
}
