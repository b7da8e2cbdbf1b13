package distkv.cli.view;

import distkv.cli.config.Config;
import distkv.cli.context.CodeLibrary;
import distkv.cli.context.JobScope;
import distkv.model.Path;
import distkv.schema.job.JobAddress;
import java.util.List;

/**
 * What an error is about, as people call it.
 *
 * @param kind {@code any}, {@code at}, {@code all}, {@code procedure} or {@code module}, or "" for anything else
 * @param group the group of a job, or ""
 * @param name its name, or the whole path
 */
public record ErrorSubject(String kind, String group, Path name) {
    public static ErrorSubject of(Path about, Config config) {
        Path jobs = config.prefixes().runs();
        JobAddress job = about.startsWith(jobs) ? JobAddress.ofEntry(about.below(jobs)) : null;
        if (job != null) {
            return new ErrorSubject(job.kind().word(), job.group(), job.name());
        }
        for (CodeLibrary library : List.of(CodeLibrary.procedures(config), CodeLibrary.modules(config))) {
            if (about.startsWith(library.prefix()) && !about.equals(library.prefix())) {
                return new ErrorSubject(library.noun(), "", about.below(library.prefix()));
            }
        }
        return new ErrorSubject("", "", about);
    }

    /** As it is listed. */
    public String text() {
        String job = group.isEmpty() || group.equals(JobScope.DEFAULT_GROUP) ? name.toString() : group + ":" + name;
        return kind.isEmpty() ? job : kind + " " + job;
    }
}
