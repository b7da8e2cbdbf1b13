package distkv.runner;

import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import distkv.testing.ReportedFaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The decision thread of a runner, and a fault in it: it tells who ends the process, and the runner does not go on by half. */
@Timeout(60)
class RunnerThreadsTest {
    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @Test
    void aRunnerWhoseDecisionThreadFailsEndsAndAnotherTakesItsJobs() throws Exception {
        try (World world = new World()) {
            world.runner(world.options("vm", Kind.ANY).log(line -> {
                if (line.text().contains("fuse")) {
                    throw new IllegalStateException("planted");
                }
            }));
            world.code("steady", "await _self.setup_done()\nasync for msg in _info:\n    pass");
            world.set(World.entry(Kind.ANY, "", "steady"), World.job("steady"));
            world.await(World.state(Kind.ANY, "", "steady"), state -> state != null);
            world.running(World.state(Kind.ANY, "", "steady"));
            world.code("fuse", "_log.info('fuse')\nasync for msg in _info:\n    pass");
            world.set(World.entry(Kind.ANY, "", "fuse"), World.job("fuse"));
            faults.assertReported("runner vm");
            world.await(
                    "the end of its presence",
                    () -> world.below(Prefixes.DEFAULT.presence()).isEmpty());
            world.client.delete(World.entry(Kind.ANY, "", "fuse"));
            world.runner("attic", Kind.ANY);
            world.await(
                    "the job on the other node",
                    () -> "attic".equals(world.state(World.state(Kind.ANY, "", "steady"), "node")));
        }
    }
}
