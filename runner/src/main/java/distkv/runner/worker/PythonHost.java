package distkv.runner.worker;

import distkv.model.process.ScratchDirectory;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
 * this user may enter. A virtual thread accepts connections; a thread of the system copies what the processes print, and
 * waits for the parent's end.
 */
public final class PythonHost implements AutoCloseable {
    private static final int TAIL = 12;
    private static final long PATIENCE_MILLIS = 2_000;

    private final PythonCommand command;
    private final Consumer<PythonEvent> events;
    private final Predicate<String> output;
    private final ScratchDirectory directory;
    private final ServerSocketChannel listener;

    /** The parent; written by the decision thread, read when everything is closed. */
    private volatile @Nullable Process parent;

    private PythonHost(
            PythonCommand command,
            Consumer<PythonEvent> events,
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
     * @param output takes a line that the processes have printed, without waiting; returns false if it cannot, and the
     *     line is counted as dropped
     */
    public static PythonHost open(PythonCommand command, Consumer<PythonEvent> events, Predicate<String> output) {
        try {
            ScratchDirectory directory = ScratchDirectory.create("distkv-runner-");
            Path socket = directory.path().resolve("socket");
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            listener.bind(UnixDomainSocketAddress.of(socket));
            if (command.workerUser() != null) {
                // The directory stays closed to that user: a worker gets the socket from its parent.
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
            }
            PythonHost host = new PythonHost(command, events, output, directory, listener);
            Thread.ofVirtual().name("worker listener").start(host::accept);
            return host;
        } catch (IOException e) {
            throw new UncheckedIOException("no socket for the workers: " + e.getMessage(), e);
        }
    }

    /** Starts the parent. Its first message, or a {@link PythonEvent.ParentEnded}, tells what came of it. */
    void startParent() {
        ProcessBuilder builder = command.build(socket());
        try {
            Process process = builder.start();
            parent = process;
            // Reading a pipe holds on to the carrier of a virtual thread, so this is a thread of the system.
            Thread.ofPlatform().daemon().name("worker parent").start(() -> attend(process));
        } catch (IOException e) {
            events.accept(new PythonEvent.ParentEnded(command.notFound()));
        }
    }

    /** Where workers connect to. */
    Path socket() {
        return directory.path().resolve("socket");
    }

    private void accept() {
        try {
            while (listener.isOpen()) {
                new Link(listener.accept(), events).open();
            }
        } catch (IOException e) {
            // The listener was closed, which is how this thread is told to end.
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
            new Printed(lines, System::nanoTime).copy(from);
        } catch (IOException e) {
            // The stream ends with the process; what matters comes from waitFor.
        }
        try {
            int status = process.waitFor();
            events.accept(new PythonEvent.ParentEnded(command.ended(status, new ArrayList<>(tail))));
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }

    /** Ends the parent, and with it all workers: their connections close, and it sees that. */
    @Override
    public void close() {
        try {
            listener.close();
            Process process = parent;
            if (process != null && !process.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            directory.close();
        } catch (IOException e) {
            System.getLogger(PythonHost.class.getName())
                    .log(System.Logger.Level.WARNING, "left behind: " + directory.path() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The directory of the socket, for those who look at it. */
    List<Path> files() {
        return List.of(directory.path());
    }
}
