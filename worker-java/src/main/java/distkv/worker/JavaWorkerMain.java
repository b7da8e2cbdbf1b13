package distkv.worker;

import distkv.protocol.ProtocolException;
import java.io.IOException;

/**
 * The program of the Java worker: {@code java distkv.worker.JavaWorkerMain NUMBER}. The runner's parent process starts
 * it, with a connection to the runner as its standard input.
 */
public final class JavaWorkerMain {
    private JavaWorkerMain() {}

    /** Serves the runner until the connection ends or the runner says that nothing more follows. */
    public static void main(String[] args) {
        if (args.length != 1) {
            System.err.println("usage: distkv.worker.JavaWorkerMain NUMBER (started by runners, not by hand)");
            System.exit(2);
        }
        try {
            RunnerConnection runner = RunnerConnection.inherited();
            runner.report(
                    "worker",
                    "worker",
                    Integer.parseInt(args[0]),
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
