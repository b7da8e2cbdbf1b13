package distkv.runner.accept;

import distkv.model.Value;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Limits;
import distkv.schema.job.Placement;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the signer of a procedure lets a job do with it, though nobody has signed the job: set the variables that the
 * procedure declares, and stay within the limits, the place and the secrets that it names itself.
 *
 * @param limits how much a run may use at most
 * @param has the labels of the nodes that it may run on
 * @param secrets the files that it may be given
 */
record SignedTerms(Limits limits, Set<String> has, Set<String> secrets) {
    static final SignedTerms NONE = new SignedTerms(Limits.NONE, Set.of(), Set.of());

    static SignedTerms read(Value procedure) throws BadEntry {
        Fields fields = Fields.of("procedure", procedure);
        return new SignedTerms(
                Limits.read(fields.raw("limits")),
                Placement.read(fields).has(),
                new HashSet<>(fields.texts("secrets")));
    }

    /**
     * How a job goes beyond that; {@code null} if it does not.
     *
     * @param within what limits its run would have here
     * @param labels what the node has
     */
    @Nullable
    String brokenBy(JobEntry job, Limits within, Procedure procedure, Set<String> labels) {
        Set<String> inputs = new TreeSet<>(procedure.vars());
        inputs.addAll(procedure.defaults().keySet());
        for (String name : job.data().keySet()) {
            if (!inputs.contains(name)) {
                return "data." + name + " (expected: variables that the signed procedure declares: " + inputs + ")";
            }
        }
        String beyond = within.beyond(limits);
        if (beyond != null) {
            return "limits." + beyond + ": " + within.text(beyond) + " (expected: at most " + limits.text(beyond)
                    + ", as the procedure is signed)";
        }
        Set<String> lacking = new TreeSet<>(has);
        lacking.removeAll(labels);
        if (!lacking.isEmpty()) {
            return "this node (expected: one that has " + String.join(" and ", lacking)
                    + ", as the procedure is signed)";
        }
        for (String file : job.secrets().values()) {
            if (!secrets.contains(file)) {
                return "secrets: " + file + " (expected: secrets that the signed procedure names: "
                        + new TreeSet<>(secrets) + ")";
            }
        }
        return null;
    }
}
