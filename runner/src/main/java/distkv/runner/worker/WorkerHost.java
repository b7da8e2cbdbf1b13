package distkv.runner.worker;

import distkv.model.process.ScratchDirectory;
import distkv.model.process.VitalThreads;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The Unix socket that parent and workers connect to, and the parent process. The socket is in a directory that only
 * this user may enter. A virtual thread accepts connections; a platform thread copies what the processes print and
 * waits for the parent's end.
 */
public final class WorkerHost implements AutoCloseable {
    private static final int TAIL = 12;
    private static final long STOP_TIMEOUT_MILLIS = 2_000;
    /** Until a connection is accepted again after that has failed. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final PythonCommand command;
    private final Consumer<WorkerEvent> events;
    private final Predicate<String> output;
    private final ScratchDirectory directory;
    private final ServerSocketChannel listener;

    /** The parent. Written by the decision thread, read when everything is closed. */
    private volatile @Nullable Process parent;

    private WorkerHost(
            PythonCommand command,
            Consumer<WorkerEvent> events,
            Predicate<String> output,
            ScratchDirectory directory,
            ServerSocketChannel listener) {
        this.command = command;
        this.events = events;
        this.output = output;
        this.directory = directory;
        this.listener = listener;
    }

    /**
     * Opens the socket. The parent is not started yet.
     *
     * @param output takes a line that the processes have printed, without blocking; returns false if it cannot, and the
     *     line counts as dropped
     */
    public static WorkerHost open(PythonCommand command, Consumer<WorkerEvent> events, Predicate<String> output) {
        try {
            ScratchDirectory directory = ScratchDirectory.create("distkv-runner-");
            Path socket = directory.path().resolve("socket");
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
            if (command.workerUser() != null) {
                // The directory stays closed to that user: a worker gets the socket from its parent.
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            }
            WorkerHost host = new WorkerHost(command, events, output, directory, listener);
            VitalThreads.virtual("worker listener", host::accept).start();
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("no socket for the workers: " + e.getMessage(), e);
        }
    }

    /** Starts the parent. Its first message, or a {@link WorkerEvent.ParentEnded}, tells the result. */
    void startParent() {
        ProcessBuilder builder = command.build(socket());
        try {
            Process process = builder.start();
            parent = process;
            // Reading a pipe pins the carrier of a virtual thread, so this is a platform thread.
            VitalThreads.platform("worker parent", () -> attend(process)).start();
        } catch (IOException e) {
            events.accept(new WorkerEvent.ParentEnded(command.notFound()));
        }
    }

    /** The socket that workers connect to. */
    Path socket() {
        return directory.path().resolve("socket");
    }

    private void accept() {
        try {
            while (listener.isOpen()) {
                try {
                    new WorkerConnection(listener.accept(), events).open();
                } catch (ClosedChannelException e) {
                    return;
                } catch (IOException e) {
                    // Out of file descriptors: there may be some again.
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attend(Process process) {
        Deque<String> tail = new ArrayDeque<>();
        Predicate<String> lines = line -> {
            tail.add(line);
            if (tail.size() > TAIL) {
                tail.removeFirst();
            }
            return output.test(line);
        };
        try (Reader from = process.inputReader()) {
            new OutputLimiter(lines, System::nanoTime).copy(from);
        } catch (IOException e) {
            // The stream ends with the process; waitFor says how.
        }
        try {
            int status = process.waitFor();
            events.accept(new WorkerEvent.ParentEnded(command.ended(status, new ArrayList<>(tail))));
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    /** Ends the parent and with it all workers: they notice that their connections close. */
    @Override
    public void close() {
        try {
            listener.close();
            Process process = parent;
            if (process != null && !process.waitFor(STOP_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            directory.close();
        } catch (IOException e) {
            System.getLogger(WorkerHost.class.getName())
                    .log(System.Logger.Level.WARNING, "could not delete " + directory.path() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The directory of the socket, for tests. */
    List<Path> files() {
        return List.of(directory.path());
    }
}
