package distkv.bench.process;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The Python original, DistKV 0.65 from PyPI, with the MQTT broker that it needs. It keeps its tree in memory only. */
public final class OriginalServer implements Closeable {
    /** How many entries it gets: 2,000 take it a second. */
    public static final int ENTRIES = 2_000;

    private final ManagedProcess broker;
    private final ManagedProcess server;
    private final InetSocketAddress address;
    private final List<String> command;

    /** @param python the interpreter of the environment that has it */
    public OriginalServer(Path python, Path cli, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int mqtt = ManagedProcess.freePort();
        int port = ManagedProcess.freePort();
        address = ManagedProcess.loopback(port);
        Path brokerConfig = directory.resolve("mosquitto.conf");
        Files.writeString(brokerConfig, "listener " + mqtt + " 127.0.0.1\nallow_anonymous true\n");
        Path config = directory.resolve("distkv.yaml");
        Files.writeString(config, """
                server:
                  backend: mqtt
                  mqtt: {uri: "mqtt://127.0.0.1:%d"}
                  bind_default: {host: 127.0.0.1, port: %d}
                connect: {host: 127.0.0.1, port: %d}
                """.formatted(mqtt, port, port));
        command = List.of(python.toString(), "-W", "ignore", cli.toString(), "-c", config.toString());
        broker = ManagedProcess.start(directory, "mosquitto", List.of("mosquitto", "-c", brokerConfig.toString()));
        broker.awaitPort(ManagedProcess.loopback(mqtt));
        server = ManagedProcess.start(directory, "distkv-0.65", with("server", "-I", "bench", "bench"));
        server.awaitPort(address);
    }

    public InetSocketAddress address() {
        return address;
    }

    public long resident() throws IOException {
        return server.resident();
    }

    /** The command line of its client with these arguments. */
    public List<String> with(String... arguments) {
        return java.util.stream.Stream.concat(command.stream(), java.util.stream.Stream.of(arguments))
                .toList();
    }

    @Override
    public void close() {
        server.close();
        broker.close();
    }
}
