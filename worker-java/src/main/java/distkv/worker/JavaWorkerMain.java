package distkv.worker;

import distkv.protocol.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The program of the Java worker: {@code java distkv.worker.JavaWorkerMain SOCKET NUMBER}. The runner's parent process
 * starts it.
 */
public final class JavaWorkerMain {
    private JavaWorkerMain() {}

    /**
     * Serves the runner that listens on the socket, until the connection ends or the runner says that nothing more
     * follows.
     */
    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("usage: distkv.worker.JavaWorkerMain SOCKET NUMBER (started by runners, not by hand)");
            System.exit(2);
        }
        try {
            RunnerConnection runner = RunnerConnection.open(Path.of(args[0]));
            runner.report(
                    "worker",
                    "worker",
                    Integer.parseInt(args[1]),
                    "pid",
                    ProcessHandle.current().pid());
            JavaWorker worker = new JavaWorker(runner);
            runner.read(worker::obey);
            worker.close();
            runner.finish(0);
        } catch (IOException | ProtocolException | IllegalArgumentException e) {
            System.err.println("distkv java worker: " + e);
            Runtime.getRuntime().halt(1);
        }
    }
}
