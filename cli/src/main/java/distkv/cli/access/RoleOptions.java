package distkv.cli.access;

import distkv.access.Grant;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that give roles. */
final class RoleOptions {
    @Option(
            names = {"--role"},
            paramLabel = "ROLE",
            description =
                    "A role: viewer, editor, operator, author, owner, or one of your own. Can be given repeatedly.")
    private List<String> roles = new ArrayList<>();

    @Option(
            names = {"--path"},
            paramLabel = "PATH",
            description = "The roles count at this path and below it. Default: everywhere.")
    private @Nullable Path path;

    boolean areGiven() {
        return !roles.isEmpty();
    }

    boolean hasPath() {
        return path != null;
    }

    /** Refuses roles that do not exist. */
    List<Grant> grants(AccessEntries known) {
        List<Grant> grants = new ArrayList<>();
        for (String role : roles) {
            known.checkRole(role);
            grants.add(grant(role));
        }
        return grants;
    }

    Grant grant(String role) {
        return new Grant(role, path == null ? Path.ROOT : path);
    }

    /** As a list for people. */
    static String shown(List<Grant> grants) {
        return grants.isEmpty()
                ? "-"
                : String.join(", ", grants.stream().map(Grant::toString).toList());
    }
}
