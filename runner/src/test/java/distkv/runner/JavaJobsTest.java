package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.CodeException;
import distkv.code.ProcedureException;
import distkv.code.call.CodeRoot;
import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Jobs in Java: one process that all of them share, with the messages, ends and errors that jobs in Python have. */
class JavaJobsTest {
    private static World world;

    @BeforeAll
    static void start() throws Exception {
        world = new World();
        world.runner("vm", Kind.ANY);
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    private static Path entry(String job) {
        return World.entry(Kind.ANY, "vm", job);
    }

    private static Path state(String job) {
        return World.state(Kind.ANY, "vm", job);
    }

    private static void java(String name, String source) throws InterruptedException {
        world.code(name, source, null, Map.of("language", "java"));
    }

    private static @Nullable Object run(String name, String source, Map<String, @Nullable Object> data)
            throws InterruptedException {
        java(name, source);
        world.set(entry(name), World.job(name, "data", data));
        return world.result(state(name));
    }

    @Test
    void aJobInJavaWatchesSetsTimersAndWrites() throws Exception {
        java("follow", """
                Object run(Context self, Path from, Path to, double factor) throws Exception {
                    Subscription watch = self.watch(from);
                    self.setupDone();
                    Timer timer = self.timer(Duration.ZERO);
                    List<String> seen = new ArrayList<>();
                    for (Message message : self.messages()) {
                        switch (message) {
                            case Change(Path path, Number value, Subscription source) when source == watch -> {
                                self.set(to, value.doubleValue() * factor);
                                timer.run(Duration.ofMillis(1));
                            }
                            case Change _ -> seen.add("other");
                            case Deleted(Path path, _) -> {
                                Collections.sort(seen);
                                return seen;
                            }
                            case Fired(Timer fired) -> seen.add("timer");
                            case Ready(int count) -> seen.add("ready " + count);
                            case GroupState state -> seen.add(state.getClass().getSimpleName() + " " + state.count());
                            case Received _ -> seen.add("received");
                        }
                    }
                    return "never";
                }
                """);
        world.set(Path.of("in"), 4);
        Map<String, @Nullable Object> data = Map.of("from", Path.of("in"), "to", Path.of("out"), "factor", 2);
        world.set(entry("follow"), World.job("follow", "data", data));
        world.await(Path.of("out"), Double.valueOf(8)::equals);
        world.set(Path.of("in"), 5);
        world.await(Path.of("out"), Double.valueOf(10)::equals);
        world.client.delete(Path.of("in"));
        assertThat(String.valueOf(world.result(state("follow"))))
                .contains("Detached 1", "ready 0", "ready 1")
                .doesNotContain("other");
    }

    @Test
    void aJobInJavaThatExceedsALimitEndsWithAnErrorThatNamesItAndLeavesNothing() throws Exception {
        java("greedy", """
                Object run(Context self) throws Exception {
                    List<byte[]> held = new ArrayList<>();
                    while (true) {
                        held.add(new byte[1 << 20]);
                    }
                }
                """);
        java("deaf", """
                Object run(Context self) throws Exception {
                    new ProcessBuilder("sleep", "1000.25").start();
                    self.setupDone();
                    while (true) {
                        try {
                            Thread.sleep(1000);
                        } catch (InterruptedException e) {
                            System.out.println("no");
                        }
                    }
                }
                """);
        world.set(entry("greedy"), World.job("greedy", "limits", Map.of("memory", "192M"), "delay", 1000.0));
        world.set(entry("deaf"), World.job("deaf", "limits", Map.of("time", 6L, "processes", 9L), "delay", 1000.0));
        assertThat(world.error("run", entry("greedy"), false).get("message")).isEqualTo("memory: more than 192M");
        assertThat(world.error("run", entry("deaf"), false).get("message")).isEqualTo("time: more than 6 s");
        world.await(
                "the end of what it has started",
                () -> ProcessHandle.allProcesses()
                        .noneMatch(process ->
                                process.info().commandLine().orElse("").endsWith("sleep 1000.25")));
    }

    @Test
    void aJobInJavaSendsAndReceivesMessages() throws Exception {
        Object result = run("talk", """
                Object run(Context self) throws Exception {
                    self.monitor(Path.of("greetings", "+"));
                    self.spawn("talker", () -> { self.send(Path.of("greetings", "morning"), "hello"); return null; });
                    for (Message message : self.messages()) {
                        if (message instanceof Received(Path topic, String text, _)) {
                            return topic + " " + text + " " + (self.fence() > 0) + " " + self.node() + " " + self.vars();
                        }
                    }
                    return null;
                }
                """, Map.of("a", 1));
        assertThat(result).isEqualTo("greetings.morning hello true vm {a=1}");
    }

    @Test
    void aCompileErrorIsRecordedWithItsLine() throws Exception {
        java("wrong", "long run() {\n    return y;\n}\n");
        world.set(entry("wrong"), World.job("wrong"));
        Map<?, ?> record = world.error("compile", World.PROC.child("wrong"), false);
        assertThat(String.valueOf(record.get("message")))
                .startsWith("Does not compile: wrong, line 2: cannot find symbol");
        assertThat(world.error("run", entry("wrong"), false).get("message")).isEqualTo(record.get("message"));
        java("wrong", "long run() {\n    return 1;\n}\n");
        assertThat(world.await(state("wrong"), value -> value instanceof Map<?, ?> map && map.containsKey("result")))
                .isNotNull();
        world.error("compile", World.PROC.child("wrong"), true);
        world.error("run", entry("wrong"), true);
    }

    @Test
    void anErrorSaysWhatAndWhere() throws Exception {
        run("fail", "long run() {\n    throw new IllegalStateException(\"too hot\");\n}\n", Map.of());
        assertThat(world.error("run", entry("fail"), false).get("message"))
                .isEqualTo("IllegalStateException('too hot')");
        world.logged("IllegalStateException('too hot') (line 2)");
        run("unknown", "Object run(Context self) throws Exception { return new Object(); }", Map.of());
        assertThat(String.valueOf(world.error("run", entry("unknown"), false).get("message")))
                .contains("the result: value of type java.lang.Object");
        run("lacks", "long run(long x, long y) { return x; }", Map.of("x", 1));
        assertThat(world.error("run", entry("lacks"), false).get("message"))
                .isEqualTo("lacks: missing y (expected: a value for each)");
    }

    @Test
    void whatItPrintsAndLogsIsLogged() throws Exception {
        run("talks", """
                void run(Context self) {
                    System.out.println("printed");
                    self.log().log(System.Logger.Level.WARNING, "warned {0}", "twice");
                }
                """, Map.of());
        assertThat(world.logged("printed").level()).isEqualTo("INFO");
        assertThat(world.logged("warned twice").level()).isEqualTo("WARNING");
    }

    @Test
    void aFloodOfItsLogIsLimitedAndItsLogSaysSo() throws Exception {
        run("floods", """
                void run(Context self) {
                    for (int i = 0; i < 20_000; i++) {
                        System.out.println("flood " + i);
                    }
                }
                """, Map.of());
        Path entry = entry("floods");
        List<String> texts = world.log.stream()
                .filter(line -> entry.equals(line.job()))
                .map(JobLog.Line::text)
                .toList();
        assertThat(texts).hasSizeLessThan(5_000).contains("flood 0", "flood 899");
        assertThat(texts).anyMatch(text -> text.startsWith("more than 200 records or 128 Ki characters a second"));
        assertThat(texts.getLast()).endsWith("were left out: too much was logged");
    }

    @Test
    void aJobThatHangsIsKilledAndTheOthersStartAgain() throws Exception {
        java("waits", "void run(Context self) { while (true) { self.messages().next(); } }");
        java("hangs", """
                void run(Context self) {
                    try {
                        self.set(Path.of("hanging"), true);
                    } catch (InterruptedException e) {
                        // It is deaf from the beginning.
                    }
                    while (true) { Thread.onSpinWait(); }
                }
                """);
        world.set(entry("waits"), World.job("waits"));
        world.running(state("waits"));
        world.code("python", "async for msg in _info: pass");
        world.set(entry("python"), World.job("python"));
        world.running(state("python"));
        double undisturbed = world.number(state("python"), "started");
        world.set(entry("hangs"), World.job("hangs"));
        world.await(Path.of("hanging"), Objects::nonNull);
        double started = world.number(state("waits"), "started");
        world.client.delete(entry("hangs"));
        world.await("the other job to start again", () -> world.number(state("waits"), "started") > started);
        world.await("the end of the state", () -> world.value(state("hangs")) == null);
        assertThat(world.error("run", entry("waits"))).isNull();
        assertThat(world.number(state("python"), "started")).isEqualTo(undisturbed);
        assertThat(world.state(state("python"), "node")).isEqualTo("vm");
        world.client.delete(entry("python"));
        world.client.delete(entry("waits"));
        world.await("the end of the neighbour", () -> world.value(state("waits")) == null);
    }

    @Test
    void aRunThatLostItsClaimCannotWrite() throws Exception {
        java("loses", """
                void run(Context self, Path to) throws Exception {
                    for (long i = 1; ; i++) {
                        try {
                            self.set(to, i);
                        } catch (LostException e) {
                            self.log().log(System.Logger.Level.INFO, "lost it");
                            throw e;
                        }
                    }
                }
                """);
        Path out = Path.of("lost", "out");
        world.set(entry("loses"), World.job("loses", "data", Map.of("to", out)));
        world.await(out, Objects::nonNull);
        world.client.delete(
                Kind.ANY.states(Path.of(".distkv", "claim"), "default", "vm").child("loses"));
        world.logged("lost it");
        world.client.delete(entry("loses"));
        world.await("its end", () -> world.value(state("loses")) == null);
    }

    @Test
    void aChangedModuleRestartsTheJobsThatUseIt() throws Exception {
        Path module = Path.parse(":.distkv.code.module.house.Word");
        world.set(module, module("one"));
        java("uses", """
                void run(Context self, Path to) throws Exception {
                    self.set(to, house.Word.IT);
                    self.messages().forEach(message -> {});
                }
                """);
        Path out = Path.of("module", "out");
        world.set(entry("uses"), World.job("uses", "data", Map.of("to", out)));
        world.await(out, "one"::equals);
        world.set(module, module("two"));
        world.await(out, "two"::equals);
        world.client.delete(entry("uses"));
    }

    private static Map<String, @Nullable Object> module(String word) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("code", "package house;\npublic class Word { public static final String IT = \"" + word + "\"; }");
        map.put("language", "java");
        return map;
    }

    @Test
    void aCallInAGroupReturnsTheResultOrTheError() throws Exception {
        java("group.java", "String run(Context self, long x) { return self.node() + x; }");
        world.code("group.python", "return [x, _cfg.connect.name]", true, Map.of("vars", List.of("x")));
        world.code("group.fails", "raise ValueError('no')");
        try (CodeRoot code = CodeRoot.open(world.client)) {
            assertThat(code.callIn("default", "group.java", Map.of("x", 3))).isEqualTo("vm3");
            assertThat(code.callIn("default", "group.python", Map.of("x", 3))).isEqualTo(List.of(3L, "vm"));
            assertThatThrownBy(() -> code.callIn("default", "group.fails", Map.of()))
                    .isInstanceOf(ProcedureException.class)
                    .hasMessage("group.fails: ValueError: no");
            assertThatThrownBy(() -> code.callIn("default", "group.python", Map.of()))
                    .isInstanceOf(CodeException.class)
                    .hasMessageContaining("missing x");
            assertThatThrownBy(() -> code.callIn("default", "group.none", Map.of()))
                    .hasMessageContaining("There is no procedure group.none");
        }
        world.await(
                "nothing to be left",
                () -> world.below(World.RUN.append(Path.of("any", "default", ".call")))
                                .isEmpty()
                        && world.below(World.STATE.append(Path.of("any", "default", ".call")))
                                .isEmpty());
    }
}
