package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.CommandContext;
import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.node.RunnerStartOptions;
import distkv.cli.node.WorkerAddress;
import distkv.cli.options.BindAddress;
import distkv.cli.view.ErrorRecords;
import distkv.client.transport.Address;
import distkv.model.Path;
import distkv.model.process.ScratchDirectory;
import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.schema.job.Kind;
import distkv.server.Server;
import distkv.server.ServerOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The setting of the demonstration: a server on a temporary directory and two nodes, all in this process. */
final class DemoHouse implements AutoCloseable {
    private static final List<String> NODES = List.of("alpha", "beta");
    /** The node that the heater is wired to. */
    private static final String OWNER = NODES.getFirst();

    private final CommandContext context;
    private final DemoLog log;
    private final ScratchDirectory directory;
    private final Deque<Runnable> parts = new ArrayDeque<>();
    private final Map<String, Runner> nodes = new LinkedHashMap<>();
    private final List<List<String>> jobs = new ArrayList<>();
    private final TreeClient tree;
    private final DemoWatch seen;

    private DemoHouse(CommandContext outer, DemoLog log, ScratchDirectory directory) throws Exception {
        this.log = log;
        this.directory = directory;
        java.nio.file.Path data = directory.path().resolve("data");
        Server server =
                ServerStartOptions.start(data, "demo", ServerOptions.defaults().at(BindAddress.LOOPBACK, 0));
        parts.push(server::close);
        String socket = Address.UNIX + Objects.requireNonNull(server.socketPath(), "a Unix socket");
        Config config = Config.DEFAULTS.with(Path.of("connect", "host"), socket);
        context = new CommandContext(outer.terminal(), config, outer.printer(), -1, outer.commands());
        log.line("server", "listens on " + BindAddress.loopback(server.port()) + ", data in " + data);
        tree = TreeClient.connect(context);
        parts.push(tree::close);
        seen = DemoWatch.start(tree, log);
        parts.push(seen::close);
        for (String node : NODES) {
            nodes.put(node, node(node));
            log.line(node, "is ready to run code");
        }
    }

    static DemoHouse open(CommandContext context, DemoLog log) throws Exception {
        return new DemoHouse(context, log, ScratchDirectory.create("distkv-demo-"));
    }

    private Runner node(String name) throws Exception {
        TreeClient connection = TreeClient.connect(context);
        parts.push(connection::close);
        RunnerOptions options =
                new RunnerStartOptions().options(context, name, JobScope.DEFAULT_GROUP, EnumSet.allOf(Kind.class));
        Runner runner = Runner.start(WorkerAddress.applyTo(options, connection), connection.client());
        parts.push(runner::close);
        return runner;
    }

    DemoWatch seen() {
        return seen;
    }

    /** Stores a procedure from the examples. */
    void store(String name) {
        java.nio.file.Path examples = context.terminal().home().resolve("examples");
        command(
                "client",
                "code",
                "set",
                "-s",
                examples.resolve(name + ".py").toString(),
                "-d",
                examples.resolve(name + ".yml").toString(),
                "demo." + name);
        log.line("code", "demo." + name + " is stored, from examples/" + name + ".py");
    }

    /** Adds a job that starts now. */
    void job(Kind kind, String name, String code, String... data) {
        List<String> run = switch (kind) {
            case ANY -> List.of("client", "run");
            case AT -> List.of("client", "run", "-n", OWNER);
            case ALL -> List.of("client", "run", "-n", "-");
        };
        List<String> words = new ArrayList<>(run);
        words.addAll(List.of("set", "-c", code, "-t", "0"));
        words.addAll(List.of(data));
        words.add(name);
        command(words.toArray(String[]::new));
        List<String> stop = new ArrayList<>(run);
        stop.addAll(List.of("set", "-t", "-", name));
        jobs.add(stop);
        log.line(
                "job",
                name + " is to run " + code + " on "
                        + switch (kind) {
                            case ANY -> "any node";
                            case AT -> "node " + OWNER;
                            case ALL -> "all nodes";
                        });
    }

    /** Clears every job's target and waits until nothing runs. */
    void stopJobs() throws InterruptedException {
        jobs.forEach(stop -> command(stop.toArray(String[]::new)));
        seen.await("all jobs to stop", DemoWatch::isIdle);
    }

    /** Writes a sensor's value and waits until the code has converted it to a temperature. */
    void measure(String room, long raw) throws InterruptedException {
        Path below = Path.of("house", room);
        seen.expect(below.child("temp"), raw * 0.1);
        long begun = System.nanoTime();
        tree.write(below.child("raw"), EntryContent.of(raw), distkv.model.Expectation.anything());
        seen.await(room + " to be " + raw / 10.0, DemoWatch::hasExpected);
        double millis = (System.nanoTime() - begun) / 1e6;
        log.line(room, String.format("raw %d → temp %s, %.1f ms later", raw, seen.shown(), millis));
    }

    /** Stops one node; its jobs move to the other. */
    void leave() throws Exception {
        String leaver = NODES.getLast();
        log.line(leaver, "leaves");
        Objects.requireNonNull(nodes.get(leaver)).close();
        seen.await("the jobs to move", watch -> watch.runsWithout(leaver));
    }

    long errors() throws InterruptedException {
        List<ErrorRecords.RecordedError> open = ErrorRecords.load(tree).open();
        open.forEach(record -> log.line("error", record.about() + ": " + record.line()));
        return open.size();
    }

    /** Runs a command line as people would type it. */
    private void command(String... words) {
        List<String> all =
                new ArrayList<>(List.of("-C", "connect.host=" + tree.server().host()));
        all.addAll(List.of(words));
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        int code = context.commands()
                .run(context.terminal().with(nowhere, context.terminal().err()), all);
        if (code != 0) {
            throw new FailedException("distkv " + String.join(" ", words) + " ended with exit code " + code);
        }
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            parts.pop().run();
        }
        try {
            directory.close();
        } catch (IOException e) {
            log.line("server", directory.path() + " could not be removed: " + e.getMessage());
        }
    }
}
