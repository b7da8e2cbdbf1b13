package distkv.cli.node;

import distkv.cli.context.TreeClient;
import distkv.client.ClientOptions;
import distkv.client.transport.Address;
import distkv.client.transport.TlsSettings;
import distkv.model.Value;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import distkv.protocol.tls.Fingerprint;
import distkv.runner.RunnerOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the workers of a runner find the server: at the port also if the runner itself uses the Unix socket, which is
 * closed to workers that are another user's, and not in their sandbox. There they log in with the tokens of their runs.
 */
public final class WorkerAddress {
    private WorkerAddress() {}

    /** The options of a runner with that address in them. */
    public static RunnerOptions applyTo(RunnerOptions options, TreeClient tree) throws InterruptedException {
        ClientOptions server = tree.server();
        Map<?, ?> port = server.server() instanceof Address.Unix ? port(tree) : Map.of();
        if (!(port.get("host") instanceof String host) || !(port.get("port") instanceof Long number)) {
            return options.server(server.host(), server.port());
        } else if (!host.startsWith(Address.TLS)) {
            return options.server(host, number.intValue());
        } else if (port.get("authority") instanceof String authority) {
            TlsSettings trust =
                    TlsSettings.trusting(Fingerprint.parse(authority)).forName("localhost");
            return options.server(host, number.intValue()).config(trusting(options.config(), trust));
        }
        // With a certificate from files, who knows by which name and authority.
        return options.server(server.host(), server.port());
    }

    private static Map<?, ?> port(TreeClient tree) throws InterruptedException {
        Reply reply = tree.client().call(false, seq -> new Request.GetState(seq, Set.of(StatePart.PORT)));
        Value port = reply instanceof Reply.State state ? state.parts().get(StatePart.PORT) : null;
        return port != null && Values.decode(port) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Map<String, @Nullable Object> trusting(Map<String, @Nullable Object> config, TlsSettings trust) {
        Map<Object, @Nullable Object> connect = new LinkedHashMap<>();
        if (config.get("connect") instanceof Map<?, ?> configured) {
            connect.putAll(configured);
        }
        connect.put("ssl", trust.toConfiguration());
        Map<String, @Nullable Object> result = new LinkedHashMap<>(config);
        result.put("connect", connect);
        return result;
    }
}
