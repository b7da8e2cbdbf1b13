package distkv.store.etcd;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Value;
import distkv.model.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A server in a process of its own, which has an entry under a lease until it is killed. */
final class ServerProgram implements AutoCloseable {
    private final Process process;

    private ServerProgram(Process process) {
        this.process = process;
    }

    static ServerProgram start(EtcdAddress address) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ServerProgram(new ProcessBuilder(List.of(
                        java,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerProgram.class.getName(),
                        address.toString()))
                .inheritIO()
                .start());
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    public static void main(String[] arguments) throws InterruptedException {
        EtcdOptions options = EtcdOptions.of(EtcdAddress.parse(arguments[0]), "contract")
                .allowOld(true)
                .withPresence(Duration.ofSeconds(1));
        try (EtcdStore store = EtcdStore.open(options)) {
            long lease = store.grant(Duration.ofSeconds(1));
            Write write =
                    Write.set(distkv.model.Path.of("presence"), new Value(new byte[] {1}), Expectation.anything());
            store.commit(new Commit(List.of(write.under(lease)), List.of())).join();
            while (store.renew(lease)) {
                Thread.sleep(100);
            }
        }
    }
}
