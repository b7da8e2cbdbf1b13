package distkv.cli.ops;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.options.HelpOption;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what DistKV does. */
@Command(
        name = "demo",
        description = {
            "Start a server and two runners in a temporary directory, store code, run it on values that change, and"
                    + " show what happens. It ends by itself.",
            "The exit code is 0 if everything worked."
        },
        footer = {"", "Example:", "  distkv demo"})
public final class DemoCommand implements CommandAction.Local {
    private static final int ROUNDS = 5;
    private static final Duration PAUSE = Duration.ofMillis(150);
    private static final List<String> ROOMS = List.of("attic", "bath", "kitchen");

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public int run(CommandContext context) throws Exception {
        DemoLog log = new DemoLog(context.terminal());
        log.chapter("A server, and two nodes that run code");
        try (DemoHouse house = DemoHouse.open(context, log)) {
            log.chapter("Code goes into the tree, and jobs that run it");
            store(house);
            start(house);
            log.chapter("Sensors report, code reacts");
            report(house, 0);
            log.chapter("One node leaves, and its jobs move");
            house.leave();
            report(house, ROUNDS);
            log.chapter("Everything stops");
            house.stopJobs();
            DemoWatch seen = house.seen();
            long errors = house.errors();
            log.chapter("demo: " + seen.jobs() + " jobs ran on " + seen.nodes() + " nodes, " + seen.changes()
                    + " changes seen, " + errors + " errors");
            return errors == 0 ? 0 : 1;
        }
    }

    private static void store(DemoHouse house) throws Exception {
        house.store("scale");
        house.store("switch");
        house.store("load");
    }

    /** Raw values become temperatures on any node, the heater runs on its node, and all nodes report their load. */
    private static void start(DemoHouse house) throws Exception {
        for (String room : ROOMS) {
            house.job(
                    Kind.ANY,
                    "scale." + room,
                    "demo.scale",
                    "-p",
                    "source",
                    "house." + room + ".raw",
                    "-p",
                    "target",
                    "house." + room + ".temp",
                    "-e",
                    "factor",
                    "0.1");
        }
        house.job(
                Kind.AT,
                "heater",
                "demo.switch",
                "-p",
                "source",
                "house.kitchen.temp",
                "-p",
                "switch",
                "house.kitchen.heater");
        house.job(Kind.ALL, "load", "demo.load", "-p", "target", "house.load", "-e", "interval", "1");
        house.seen().await("all jobs to run", seen -> seen.running() == ROOMS.size() + 3);
    }

    private static void report(DemoHouse house, int from) throws Exception {
        for (int round = from; round < from + ROUNDS; round++) {
            for (int i = 0; i < ROOMS.size(); i++) {
                long raw = 180 + 10L * ((round + i) % ROUNDS) + round;
                house.measure(ROOMS.get(i), raw);
            }
            Thread.sleep(PAUSE);
        }
    }
}
