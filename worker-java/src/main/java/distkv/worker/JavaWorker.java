package distkv.worker;

import distkv.code.Message;
import distkv.code.compile.CompiledProcedure;
import distkv.code.compile.ModuleSources;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.code.CodeId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the runner's messages. The thread that reads them waits for nothing else; each run has threads of its
 * own.
 */
final class JavaWorker {
    private final RunnerConnection runner;
    private final ProcedureCache compiled = new ProcedureCache();
    private final Map<Long, JavaRun> runs = new ConcurrentHashMap<>();
    /** Written by the reading thread only. */
    private volatile Map<String, KnownModule> modules = Map.of();

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("timers").factory());
    private @Nullable WorkerEnvironment environment;
    private volatile boolean stopping;

    JavaWorker(RunnerConnection runner) {
        this.runner = runner;
        OutputCapture.install();
    }

    /** Carries out one message. Returns whether to read more. */
    boolean obey(Map<?, ?> message) {
        switch (String.valueOf(message.get("op"))) {
            case "init" -> environment = WorkerEnvironment.read(message);
            case "modules" -> know(message.get("modules"));
            case "start" -> start(message);
            case "cancel" -> {
                JavaRun run = run(message);
                if (run != null && Boolean.TRUE.equals(message.get("lost"))) {
                    run.lose();
                } else if (run != null) {
                    run.cancel();
                }
            }
            case "claim" -> {
                JavaRun run = run(message);
                Guard claim = RunSpec.claim(message.get("claim"));
                if (run != null && claim != null) {
                    run.claim(claim, RunSpec.token(message));
                }
            }
            case "state" -> {
                for (JavaRun run : runs.values()) {
                    tell(run, message);
                }
            }
            case "stop" -> stopping = true;
            default -> {}
        }
        return !isOver();
    }

    private boolean isOver() {
        return stopping && runs.isEmpty();
    }

    private @Nullable JavaRun run(Map<?, ?> message) {
        return message.get("run") instanceof Long number ? runs.get(number) : null;
    }

    private static void tell(JavaRun run, Map<?, ?> state) {
        int count = state.get("count") instanceof Long number ? number.intValue() : 0;
        int nodes = state.get("nodes") instanceof Long number ? number.intValue() : 0;
        switch (String.valueOf(state.get("state"))) {
            case "complete" -> run.messages().put(new Message.Complete(count, nodes));
            case "partial" -> run.messages().put(new Message.Partial(count, nodes));
            case "detached" -> run.messages().put(new Message.Detached(count, nodes));
            case "broken" -> run.messages().put(new Message.Broken(count, nodes));
            default -> {}
        }
    }

    /**
     * Takes over the modules that the runner names, each as a list: path, version, source (nil: there is no such
     * module), what is wrong with it, and what it requires.
     */
    private void know(@Nullable Object told) {
        Map<String, KnownModule> now = new LinkedHashMap<>(modules);
        for (Object each : told instanceof List<?> list ? list : List.of()) {
            if (each instanceof List<?> one && one.size() >= 3 && one.get(1) instanceof Long version) {
                Path path = path(one.get(0));
                String name = CodeId.name(path);
                now.remove(name);
                if (one.get(2) instanceof String source) {
                    now.put(name, new KnownModule(path, version, source, requires(one)));
                }
            }
        }
        modules = now;
    }

    private static Path path(@Nullable Object told) {
        return told instanceof List<?> elements ? Path.of(elements) : (Path) Objects.requireNonNull(told);
    }

    private static List<Path> requires(List<?> told) {
        return told.size() > 4 && told.get(4) instanceof List<?> paths
                ? paths.stream().map(JavaWorker::path).toList()
                : List.of();
    }

    private void start(Map<?, ?> message) {
        WorkerEnvironment where = environment;
        if (where == null) {
            throw new IllegalArgumentException("the runner sent start before init");
        }
        RunSpec spec = RunSpec.read(message);
        Map<String, KnownModule> sources = modules;
        ScheduledFuture<?>[] slices = new ScheduledFuture<?>[1];
        JavaRun run = new JavaRun(spec, where, runner, clock, () -> compile(spec, sources), () -> {
            slices[0].cancel(false);
            ended(spec.run());
        });
        if (message.get("state") instanceof Map<?, ?> state) {
            tell(run, state);
        }
        long slice = Math.max(1, Math.round(spec.idle() * 1e9 / MessageQueue.SLICES));
        slices[0] = clock.scheduleWithFixedDelay(run.messages()::slicePassed, slice, slice, TimeUnit.NANOSECONDS);
        runs.put(spec.run(), run);
        run.start();
    }

    private CompiledProcedure compile(RunSpec spec, Map<String, KnownModule> sources) {
        Map<String, String> texts = new LinkedHashMap<>();
        sources.forEach((name, module) -> texts.put(name, module.source()));
        CompiledProcedure procedure = compiled.procedure(spec.definition(), new ModuleSources(texts));
        for (String name : procedure.modules()) {
            KnownModule module = sources.get(name);
            if (module != null) {
                runner.report("imported", "run", spec.run(), "path", module.path(), "version", module.version());
            }
        }
        RequiredModules required = new RequiredModules(sources);
        // Missing modules too: the run may succeed once they are stored.
        required.of(procedure.modules())
                .forEach((path, version) ->
                        runner.report("imported", "run", spec.run(), "path", path, "version", version));
        required.check(procedure.modules());
        return procedure;
    }

    private void ended(long number) {
        runs.remove(number);
        if (isOver()) {
            runner.finish(0);
        }
    }

    /** The runner is gone, or has told the worker to finish. */
    void close() {
        runs.values().forEach(JavaRun::cancel);
        clock.shutdownNow();
        if (environment != null) {
            environment.close();
        }
    }
}
