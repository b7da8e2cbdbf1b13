package distkv.cli.node;

import distkv.cli.context.JobScope;
import distkv.cli.input.UsageException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of an installed runner, which become those of {@code run all}. */
final class InstallRunnerOptions {
    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "The runner's group of nodes. Default: default.")
    private String group = JobScope.DEFAULT_GROUP;

    @Mixin
    private RunnerResourceOptions resources = new RunnerResourceOptions();

    /** Refuses what the runner would refuse at its start, when nobody reads its output. */
    void check(boolean runnerToo) {
        resources.check();
        if (!runnerToo && !(before().isEmpty() && behind().isEmpty())) {
            throw new UsageException(String.join(" ", before()) + String.join(" ", behind())
                    + " (expected: nothing, since a server runs no code; 'runner' or 'both' in place of 'server')");
        }
    }

    /** The arguments between {@code run} and {@code all}. */
    List<String> before() {
        return group.equals(JobScope.DEFAULT_GROUP) ? List.of() : List.of("-g", group);
    }

    /** The arguments after {@code all}. */
    List<String> behind() {
        return resources.words();
    }

    /** The user that runs code; {@code null} if the option was not given. */
    @Nullable
    WorkerUser workerUser() {
        return resources.givenWorkerUser();
    }
}
