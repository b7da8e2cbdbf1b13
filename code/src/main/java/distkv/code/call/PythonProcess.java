package distkv.code.call;

import distkv.client.ClientOptions;
import distkv.client.transport.Address;
import distkv.code.CodeException;
import distkv.code.CompileException;
import distkv.code.MissingVariablesException;
import distkv.code.ProcedureException;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.ProtocolException;
import distkv.protocol.Values;
import distkv.schema.code.Language;
import distkv.schema.code.Procedure;
import distkv.schema.code.StoredModule;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A process that calls Python procedures, one after another; its other side is {@code distkv.worker.caller}. Used by
 * one thread at a time, which writes the call and reads the reply itself.
 */
final class PythonProcess implements AutoCloseable {
    private final Process process;
    private final SocketChannel channel;
    private final FrameReader frames;
    /** The version of each procedure and module that it has. */
    private final Map<String, Long> sent = new HashMap<>();

    private long briefed;

    private PythonProcess(Process process, SocketChannel channel) {
        this.process = process;
        this.channel = channel;
        this.frames = new FrameReader(Channels.newInputStream(channel), FrameLimits.DEFAULT);
    }

    /**
     * Starts a process, and waits until it has connected.
     *
     * @param server the server that the procedures use
     * @param socket the path of the socket to make
     */
    static PythonProcess start(CodeOptions options, ClientOptions server, java.nio.file.Path socket)
            throws InterruptedException {
        List<String> command = new ArrayList<>(options.python());
        command.addAll(List.of("-m", "distkv.worker.caller", socket.toString()));
        ProcessBuilder builder = new ProcessBuilder(IgnoreInterrupt.command(command));
        builder.environment().putAll(options.environment());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Process process = builder.start();
            CompletableFuture<?> end = process.onExit().thenRun(() -> close(listener));
            try {
                PythonProcess started = new PythonProcess(process, listener.accept());
                started.init(options, server);
                return started;
            } catch (IOException e) {
                process.destroyForcibly();
                throw broken(options, e);
            } finally {
                end.cancel(false);
            }
        } catch (IOException e) {
            throw broken(options, e);
        }
    }

    private static CodeException broken(CodeOptions options, IOException cause) throws InterruptedException {
        if (cause instanceof ClosedByInterruptException) {
            throw interrupted();
        }
        return new CodeException(options.python().getFirst() + " cannot run Python procedures (expected: Python 3.10 or"
                + " newer that has the package distkv; what is wrong it has printed)");
    }

    private static void close(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            // The thread that waits for the process is woken either way.
        }
    }

    private static InterruptedException interrupted() {
        return Thread.interrupted()
                ? new InterruptedException("interrupted during a call of Python")
                : new InterruptedException();
    }

    private void init(CodeOptions options, ClientOptions server) throws IOException {
        Map<String, @Nullable Object> connect =
                pairs("host", server.host(), "port", (long) server.port(), "name", server.name());
        if (server.server() instanceof Address.Tls) {
            connect.put("ssl", server.tls().toConfiguration());
        }
        if (server.credentials() != null) {
            connect.putAll(server.credentials().toConfiguration());
        }
        send(pairs("op", "init", "connect", connect, "config", options.config()));
    }

    /** Sends it a module, unless it has that version. A Java module does not exist there. */
    void module(String name, @Nullable StoredModule module, long version) throws IOException {
        if (isNews("module " + name, version)) {
            StoredModule python = module == null || module.language() == Language.JAVA ? null : module;
            send(pairs(
                    "op",
                    "module",
                    "name",
                    name,
                    "source",
                    python == null || python.wrong() != null ? null : python.source(),
                    "wrong",
                    python == null ? null : python.wrong(),
                    "requires",
                    python == null ? List.of() : python.requires()));
        }
    }

    /** Whether it has all modules as of this number of changes. */
    boolean isBriefed(long changes) {
        return briefed == changes;
    }

    void briefed(long changes) {
        briefed = changes;
    }

    private boolean isNews(String what, long tick) {
        Long before = sent.put(what, tick);
        return before == null || before != tick;
    }

    /**
     * Calls a procedure.
     *
     * @throws IOException if the process has ended, or sent an invalid reply
     */
    @Nullable
    Object call(PythonProcessPool.Call call) throws IOException, InterruptedException {
        Procedure procedure = call.callee().procedure();
        try {
            if (isNews(procedure.name(), call.callee().version())) {
                send(pairs(
                        "op",
                        "define",
                        "name",
                        procedure.name(),
                        "source",
                        procedure.source(),
                        "mode",
                        procedure.mode().word(),
                        "vars",
                        procedure.vars(),
                        "default",
                        procedure.defaults()));
            }
            send(pairs(
                    "op",
                    "call",
                    "name",
                    procedure.name(),
                    "modules",
                    call.callee().modules(),
                    "args",
                    call.positional(),
                    "kwargs",
                    call.named()));
            Frame frame = frames.next();
            if (frame != null && Values.decode(frame.copy()) instanceof Map<?, ?> reply) {
                return answer(procedure.name(), reply);
            }
            throw new IOException("the process of the call has ended");
        } catch (ClosedByInterruptException e) {
            throw interrupted();
        } catch (ProtocolException e) {
            throw new IOException(e);
        }
    }

    private static @Nullable Object answer(String name, Map<?, ?> reply) {
        String message = String.valueOf(reply.get("message"));
        return switch (text(reply.get("kind"))) {
            case null -> reply.get("result");
            case "vars" -> throw new MissingVariablesException(name, missing(reply.get("missing")));
            case "compile" ->
                throw new CompileException(
                        String.valueOf(reply.get("name")),
                        reply.get("line") instanceof Long line ? line.intValue() : 0,
                        message);
            case "arguments" -> throw new CodeException(message);
            default -> throw new ProcedureException(name, text(reply.get("type")), message, text(reply.get("trace")));
        };
    }

    private static @Nullable String text(@Nullable Object found) {
        return found == null ? null : String.valueOf(found);
    }

    private static List<String> missing(@Nullable Object found) {
        return found instanceof List<?> names
                ? names.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static Map<String, @Nullable Object> pairs(@Nullable Object... pairs) {
        Map<String, @Nullable Object> map = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }

    private void send(Map<String, @Nullable Object> message) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Values.encode(message).bytes());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Kills the process, whatever it is doing. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The process is killed in any case.
        }
        process.destroyForcibly();
    }
}
