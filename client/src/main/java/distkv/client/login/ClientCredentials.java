package distkv.client.login;

import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client presents to log in. Secrets are never shown. */
public sealed interface ClientCredentials {
    /** The configuration's word for nobody in particular; it is the original's. */
    String ANONYMOUS = "_anon";

    /** The request to log in. */
    Request.LogIn request(Seq seq);

    /** These credentials as {@code connect} of a configuration has them. */
    Map<String, String> toConfiguration();

    /** A user and a password. */
    record Password(String user, String password) implements ClientCredentials {
        @Override
        public Request.LogIn request(Seq seq) {
            return new Request.LogIn(seq, "password", user, new Request.Secret(password, null));
        }

        @Override
        public Map<String, String> toConfiguration() {
            return Map.of("user", user, "password", password);
        }

        @Override
        public String toString() {
            return "user " + user;
        }
    }

    /** A token. */
    record ByToken(String token) implements ClientCredentials {
        @Override
        public Request.LogIn request(Seq seq) {
            return new Request.LogIn(seq, "token", "", new Request.Secret(token, null));
        }

        @Override
        public Map<String, String> toConfiguration() {
            return Map.of("token", token);
        }

        /** The token's public part, if it is one. */
        @Override
        public String toString() {
            String[] parts = token.split("_", 3);
            return parts.length == 3 ? "token " + parts[0] + "_" + parts[1] + "_…" : "a token";
        }
    }

    /**
     * Reads what the configuration has as {@code connect}: {@code token}, or {@code user} and {@code password}, or the
     * original's {@code auth}, such as {@code password name=anna password=secret}.
     *
     * @return {@code null} if it has none of them
     * @throws IllegalArgumentException naming the key and what was expected, but no secret
     */
    static @Nullable ClientCredentials of(Map<?, ?> connect) {
        Object auth = connect.get("auth");
        String token = text(connect, "token");
        String user = text(connect, "user");
        String password = text(connect, "password");
        if (Boolean.FALSE.equals(auth) || ANONYMOUS.equals(auth)) {
            auth = null;
        }
        if ((auth != null ? 1 : 0) + (token != null ? 1 : 0) + (user != null ? 1 : 0) > 1) {
            throw new IllegalArgumentException("auth, token, user: more than one (expected: one of them)");
        } else if (auth != null) {
            return parse(auth);
        } else if (token != null) {
            return new ByToken(token);
        } else if (user == null && password == null) {
            return null;
        } else if (user == null || password == null) {
            throw new IllegalArgumentException("user, password: one without the other (expected: both)");
        }
        return new Password(user, password);
    }

    private static ClientCredentials parse(Object auth) {
        Map<String, String> found = new LinkedHashMap<>();
        if (auth instanceof String text) {
            String[] words = text.strip().split("\\s+", -1);
            found.put("type", words[0]);
            for (int i = 1; i < words.length; i++) {
                int sign = words[i].indexOf('=');
                if (sign <= 0) {
                    throw unclear();
                }
                found.put(words[i].substring(0, sign), words[i].substring(sign + 1));
            }
        } else if (auth instanceof Map<?, ?> map) {
            map.forEach((key, value) -> found.put(String.valueOf(key), String.valueOf(value)));
        }
        String type = found.remove("type");
        if ("password".equals(type) && found.keySet().equals(Set.of("name", "password"))) {
            return new Password(found.getOrDefault("name", ""), found.getOrDefault("password", ""));
        } else if ("token".equals(type) && found.keySet().equals(Set.of("token"))) {
            return new ByToken(found.getOrDefault("token", ""));
        }
        throw unclear();
    }

    private static IllegalArgumentException unclear() {
        return new IllegalArgumentException("auth: not understood (expected: 'password name=NAME password=PASSWORD',"
                + " or a map with type, name and password)");
    }

    private static @Nullable String text(Map<?, ?> connect, String key) {
        Object value = connect.get(key);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new IllegalArgumentException(key + ": not a text (expected: a text, in quotation marks)");
    }
}
