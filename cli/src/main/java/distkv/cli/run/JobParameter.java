package distkv.cli.run;

import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.TreeClient;
import distkv.model.Path;
import distkv.schema.job.JobEdit;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Parameters;

/** The job that a command is about. */
final class JobParameter {
    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    /** The job's name. */
    Path name() {
        return JobScope.named(path);
    }

    /** Where the job's entry is. */
    Path entry(TreeClient tree, JobScope scope) {
        return scope.job(tree.config(), path);
    }

    /** What the job's entry holds. */
    EntryContent read(TreeClient tree, JobScope scope) throws InterruptedException {
        return EntryContent.of(tree.read(entry(tree, scope)));
    }

    /** Changes the job's entry; nobody else's change is lost. */
    TreeClient.Written change(TreeClient tree, JobScope scope, Consumer<JobEdit> change) throws InterruptedException {
        return tree.change(entry(tree, scope), old -> {
            if (!(old.value() instanceof Map<?, ?> fields)) {
                return old;
            }
            JobEdit edit = JobEdit.of(fields);
            change.accept(edit);
            return EntryContent.of(edit.entry());
        });
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
