package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Path;
import distkv.runner.sandbox.SandboxMode;
import distkv.runner.sandbox.SandboxPolicy;
import distkv.runner.sandbox.SecretFiles;
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What code can do on a node without a sandbox, and not within one, in both languages. {@code test_worker_sandbox.py}
 * tries more, and tries bubblewrap where it is installed; here it is what the machine allows.
 */
class SandboxTest {
    private static final String PYTHON = """
            import ctypes, os, resource, signal, socket, tempfile
            def libc(name, *arguments):
                if getattr(ctypes.CDLL(None, use_errno=True), name)(*map(ctypes.c_long, arguments)) < 0:
                    raise OSError(ctypes.get_errno(), name)
            def trace():
                libc('ptrace', 16, victim, 0, 0)
                os.waitpid(victim, 0x40000000)
                libc('ptrace', 17, victim, 0, 0)
            tries = {
                'read data': lambda: open(place + '/data/tree').close(),
                'write data': lambda: open(place + '/data/tree', 'a').close(),
                'read a hidden file': lambda: open(place + '/granted/keys/key').close(),
                'write a file to be read': lambda: open(place + '/granted/map', 'a').close(),
                'read the environment': lambda: open(f'/proc/{runner}/environ').read(),
                'read the memory': lambda: open(f'/proc/{runner}/mem', 'rb').close(),
                'signal the runner': lambda: os.kill(runner, 0),
                'signal a process': lambda: os.kill(victim, 0),
                'trace a process': trace,
                'connect to a socket': lambda: socket.socket(socket.AF_UNIX).connect(place + '/listener'),
            }
            done = []
            for name, attempt in tries.items():
                try:
                    attempt()
                    done.append(name)
                except OSError:
                    pass
            with tempfile.TemporaryFile() as own, open(place + '/granted/map') as granted:
                own.write(granted.read().encode())
            with open(place + '/writable/' + name, 'w') as writable:
                writable.write('x')
            return done
            """;

    private static final String JAVA = """
            import java.lang.foreign.*;
            import java.net.*;
            import java.nio.channels.SocketChannel;
            import java.nio.file.Files;
            import java.nio.file.StandardOpenOption;

            interface Attempt { void run() throws Throwable; }

            private final List<String> done = new ArrayList<>();

            private void attempt(String name, Attempt attempt) {
                try {
                    attempt.run();
                    done.add(name);
                } catch (Throwable e) {
                    // It may not.
                }
            }

            private static void ptrace(long request, long process) throws Throwable {
                Linker linker = Linker.nativeLinker();
                long result = (long) linker.downcallHandle(
                        linker.defaultLookup().find("ptrace").orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG))
                        .invokeExact(request, process, 0L, 0L);
                if (result < 0) throw new java.io.IOException("ptrace");
            }

            private static boolean signals(long process) throws Exception {
                return new ProcessBuilder("/bin/sh", "-c", "kill -0 " + process).start().waitFor() == 0;
            }

            List<String> run(String place, long runner, long victim) throws Exception {
                java.nio.file.Path at = java.nio.file.Path.of(place);
                attempt("read data", () -> Files.readString(at.resolve("data/tree")));
                attempt("write data", () -> Files.writeString(at.resolve("data/tree"), "x", StandardOpenOption.APPEND));
                attempt("read a hidden file", () -> Files.readString(at.resolve("granted/keys/key")));
                attempt("write a file to be read",
                        () -> Files.writeString(at.resolve("granted/map"), "x", StandardOpenOption.APPEND));
                attempt("read the environment", () -> Files.readString(java.nio.file.Path.of("/proc/" + runner + "/environ")));
                attempt("read the memory", () -> new java.io.FileInputStream("/proc/" + runner + "/mem").close());
                attempt("signal the runner", () -> { if (!signals(runner)) throw new Exception(); });
                attempt("signal a process", () -> { if (!signals(victim)) throw new Exception(); });
                Thread tracer = Thread.ofPlatform().start(() -> attempt("trace a process", () -> ptrace(0x4206, victim)));
                tracer.join();
                attempt("connect to a socket",
                        () -> SocketChannel.open(UnixDomainSocketAddress.of(at.resolve("listener"))).close());
                Files.writeString(Files.createTempFile("own", null), Files.readString(at.resolve("granted/map")));
                Files.writeString(at.resolve("writable/java"), "x");
                return done;
            }
            """;

    private static final List<String> ATTEMPTS = List.of(
            "read data",
            "write data",
            "read a hidden file",
            "write a file to be read",
            "read the environment",
            "read the memory",
            "signal the runner",
            "signal a process",
            "trace a process",
            "connect to a socket");

    @TempDir
    private static java.nio.file.Path place;

    private static World world;
    private static Process victim;
    private static ServerSocketChannel listener;
    private static ServerSocket network;

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("data/tree", "granted/map", "granted/keys/key", "writable/x")) {
            Files.createDirectories(place.resolve(name).getParent());
            Files.writeString(place.resolve(name), "secret");
        }
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(place.resolve("listener")));
        network = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        victim = new ProcessBuilder("sleep", "1000").start();
        world = new World();
        world.runner(world.options("free", Kind.AT));
        world.runner(world.options("kept", Kind.AT)
                .python(World.python().withSandbox(policy()))
                .secrets(new SecretFiles(place.resolve("granted/keys"))));
        world.code("python", PYTHON, null, Map.of());
        world.code("java", JAVA, null, Map.of("language", "java"));
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
        victim.destroyForcibly();
        network.close();
        listener.close();
    }

    private static SandboxPolicy policy() {
        return new SandboxPolicy(
                SandboxMode.REQUIRED,
                List.of(place.resolve("granted")),
                List.of(place.resolve("writable")),
                List.of(place.resolve("granted/keys")));
    }

    private static @Nullable Object run(String code, String node, Object... more) throws InterruptedException {
        Map<String, @Nullable Object> data = new HashMap<>();
        data.put("place", place.toString());
        data.put("runner", ProcessHandle.current().pid());
        data.put("victim", victim.pid());
        data.put("port", (long) network.getLocalPort());
        Map<String, @Nullable Object> job = World.job(code, more);
        job.put("data", data);
        String name = code + more.length;
        world.set(World.entry(Kind.AT, node, name), job);
        return world.result(World.state(Kind.AT, node, name));
    }

    @Test
    void codeInPythonCannotLeaveItsSandbox() throws Exception {
        assertThat(run("python", "free")).isEqualTo(ATTEMPTS);
        assertThat(run("python", "kept")).isEqualTo(List.of());
    }

    @Test
    void codeInJavaCannotLeaveItsSandbox() throws Exception {
        assertThat(run("java", "free")).isEqualTo(ATTEMPTS);
        assertThat(run("java", "kept")).isEqualTo(List.of());
    }

    @Test
    void codeWithoutANetworkReachesTheServerOnly() throws Exception {
        world.code("dial", """
                import os, socket
                try:
                    socket.create_connection(('127.0.0.1', port)).close()
                    found = True
                except OSError:
                    found = False
                await _client.set(_P('reached') + _P(str(found)), value=os.getpid())
                return found
                """);
        world.code("dial_java", """
                boolean run(Context self, long port) throws Exception {
                    self.set(Path.of("reached", "java"), 1);
                    try (java.net.Socket socket = new java.net.Socket("127.0.0.1", (int) port)) {
                        return true;
                    } catch (java.io.IOException e) {
                        return false;
                    }
                }
                """, null, Map.of("language", "java"));
        Map<String, Object> offline = Map.of("network", false);
        for (String node : List.of("free", "kept")) {
            assertThat(run("dial", node)).isEqualTo(true);
            assertThat(run("dial", node, "limits", offline)).isEqualTo(false);
            assertThat(world.value(Path.of("reached", "False"))).isNotEqualTo(world.value(Path.of("reached", "True")));
        }
        assertThat(run("dial_java", "kept")).isEqualTo(true);
        assertThat(run("dial_java", "kept", "limits", offline)).isEqualTo(false);
    }

    @Test
    void onlyTheRunThatNamesASecretGetsIt() throws Exception {
        Files.writeString(place.resolve("granted/keys/mqtt"), "s3cret\n");
        Files.setPosixFilePermissions(place.resolve("granted/keys/mqtt"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(place.resolve("granted/keys/open"), "x");
        Files.setPosixFilePermissions(place.resolve("granted/keys/open"), PosixFilePermissions.fromString("rw-r--r--"));
        world.code("whisper", """
                import os
                everywhere = str(os.environ) + open('/proc/self/cmdline').read() + open('/proc/self/environ').read()
                return [_secrets, 's3cret' in everywhere, len(os.listdir('/proc/self/task')) > 0]
                """);
        world.code(
                "whisper_java",
                "String run(Context self) { return self.secret(\"password\"); }",
                null,
                Map.of("language", "java"));
        Map<String, String> secrets = Map.of("password", "mqtt");
        assertThat(run("whisper", "kept")).isEqualTo(List.of(Map.of(), false, true));
        assertThat(run("whisper", "kept", "secrets", secrets)).isEqualTo(List.of(secrets("s3cret"), false, true));
        assertThat(run("whisper_java", "kept", "secrets", secrets)).isEqualTo("s3cret");
        assertThat(world.log).noneMatch(line -> line.text().contains("s3cret"));
        for (String file : List.of("open", "none")) {
            Path job = World.entry(Kind.AT, "kept", file);
            world.set(job, World.job("whisper", "secrets", Map.of("password", file), "delay", 1000.0));
            assertThat(String.valueOf(world.error("run", job, false).get("message")))
                    .contains(
                            "secrets.password: " + place.resolve("granted/keys").resolve(file) + " (expected: a file");
        }
    }

    private static Map<String, String> secrets(String value) {
        return Map.of("password", value);
    }

    @Test
    void aRequiredSandboxThatDoesNotWorkIsARefusalOfTheRunner() throws Exception {
        PythonCommand python = World.python();
        Map<String, String> environment = new LinkedHashMap<>(python.environment());
        environment.put("DISTKV_LANDLOCK", "off");
        environment.put("DISTKV_BUBBLEWRAP", "off");
        PythonCommand crippled = new PythonCommand(python.command(), environment);
        try (Client own = Client.connect(
                ClientOptions.of("127.0.0.1", world.server.port()).withName("weak"))) {
            RunnerOptions options = world.options("weak", Kind.AT).python(crippled.withSandbox(policy()));
            assertThatThrownBy(() -> Runner.start(options, own))
                    .isInstanceOf(RunnerException.class)
                    .hasMessageStartingWith(
                            "sandbox: required, and not possible here (Landlock: DISTKV_LANDLOCK is off")
                    .hasMessageContaining("apt install bubblewrap");
        }
    }

    @Test
    void ofTheEnvironmentOnlyWhatIsHarmlessIsLeft() throws IOException {
        Map<String, String> environment = new HashMap<>();
        List.of("PATH", "LC_ALL", "TZ", "PYTHONPATH", "HOME", "DISTKV_PASSWORD", "AWS_SECRET_ACCESS_KEY", "DISTKV_CFG")
                .forEach(name -> environment.put(name, "x"));
        SandboxPolicy.OFF.clean(environment);
        assertThat(environment).hasSize(8);
        policy().clean(environment);
        assertThat(environment).containsOnlyKeys("PATH", "LC_ALL", "TZ", "PYTHONPATH", "HOME");
    }
}
