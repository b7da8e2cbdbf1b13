package distkv.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The Python original, DistKV 0.65 from PyPI, with the MQTT broker that it needs. It keeps its tree in memory only. */
final class Original implements Closeable {
    /** How many entries it is given: it takes a second for 2,000. */
    static final int ENTRIES = 2_000;

    private final Program broker;
    private final Program server;
    private final InetSocketAddress address;
    private final List<String> command;

    /** @param python the interpreter of the environment that has it */
    Original(Path python, Path cli, Path directory) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        int mqtt = Program.freePort();
        int port = Program.freePort();
        address = Program.loopback(port);
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
        broker = Program.start(directory, "mosquitto", List.of("mosquitto", "-c", brokerConfig.toString()));
        broker.awaitPort(Program.loopback(mqtt));
        server = Program.start(directory, "distkv-0.65", with("server", "-I", "bench", "bench"));
        server.awaitPort(address);
    }

    InetSocketAddress address() {
        return address;
    }

    long resident() throws IOException {
        return server.resident();
    }

    /** Its command line with these arguments, bound to its server. */
    List<String> with(String... arguments) {
        return java.util.stream.Stream.concat(command.stream(), java.util.stream.Stream.of(arguments))
                .toList();
    }

    @Override
    public void close() {
        server.close();
        broker.close();
    }
}
