package distkv.code.call;

import distkv.client.ClientOptions;
import distkv.code.CodeException;
import distkv.model.process.ScratchDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The processes that call Python procedures, for any number of threads. A call takes an idle process or starts one; if
 * all are busy and no more may be started, it waits.
 */
final class PythonProcessPool implements AutoCloseable {
    /** A call of a procedure, with arguments by position and by name. */
    record Call(StoredCode.Found callee, List<?> positional, Map<String, ?> named) {
        String name() {
            return callee.procedure().name();
        }
    }

    /** What to send to a process before a call. */
    interface Briefing {
        void give(PythonProcess process) throws IOException;
    }

    private final CodeOptions options;
    private final ClientOptions server;
    private final Semaphore places;
    private final AtomicInteger numbers = new AtomicInteger();
    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Deque<PythonProcess> idle = new ArrayDeque<>();
    private @Nullable ScratchDirectory directory;
    private boolean closed;

    PythonProcessPool(CodeOptions options, ClientOptions server) {
        this.options = options;
        this.server = server;
        this.places = new Semaphore(options.pythons());
    }

    /**
     * Calls a procedure.
     *
     * @throws CodeException if the procedure or its process fails
     */
    @Nullable
    Object call(Call call, Briefing briefing) throws InterruptedException {
        places.acquire();
        try {
            PythonProcess process = take();
            boolean fine = false;
            try {
                briefing.give(process);
                Object result = process.call(call);
                fine = true;
                return result;
            } catch (CodeException e) {
                fine = true;
                throw e;
            } catch (IOException e) {
                throw new CodeException(call.name() + ": " + e.getMessage()
                        + " (expected: a procedure that returns or raises, and does not end its process)");
            } finally {
                giveBack(process, fine);
            }
        } finally {
            places.release();
        }
    }

    private PythonProcess take() throws InterruptedException {
        Path socket;
        lock.lock();
        try {
            PythonProcess process = idle.pollFirst();
            if (process != null) {
                return process;
            } else if (closed) {
                throw new CodeException("the code root is closed");
            }
            socket = directory().resolve("s" + numbers.incrementAndGet());
        } finally {
            lock.unlock();
        }
        PythonProcess started = PythonProcess.start(options, server, socket);
        delete(socket);
        return started;
    }

    private void giveBack(PythonProcess process, boolean fine) {
        lock.lock();
        try {
            if (fine && !closed) {
                idle.addFirst(process);
                return;
            }
        } finally {
            lock.unlock();
        }
        process.close();
    }

    private Path directory() {
        try {
            if (directory == null) {
                directory = ScratchDirectory.create("distkv-calls-");
            }
            return directory.path();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is deleted with its directory.
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            idle.forEach(PythonProcess::close);
            idle.clear();
            if (directory != null) {
                directory.close();
            }
        } catch (IOException e) {
            // The next process that makes such a directory deletes it.
            return;
        } finally {
            lock.unlock();
        }
    }
}
