package distkv.cli.context;

/** A command's work, by what it needs. The result is the exit code. */
public sealed interface CommandAction {
    /** Needs no server, or starts its own. */
    non-sealed interface Local extends CommandAction {
        int run(CommandContext context) throws Exception;
    }

    /** Talks to a server. */
    non-sealed interface Remote extends CommandAction {
        int run(TreeClient tree, Printer printer) throws Exception;
    }

    /** Is about procedures or modules. */
    non-sealed interface OfLibrary extends CommandAction {
        int run(TreeClient tree, CodeLibrary library, Printer printer) throws Exception;
    }

    /** Runs the jobs of one kind and group in this process. */
    non-sealed interface Serving extends CommandAction {
        int run(CommandContext context, JobScope scope) throws Exception;
    }

    /** Is about the jobs of one kind and group. */
    non-sealed interface OfJobs extends CommandAction {
        int run(TreeClient tree, JobScope scope, Printer printer) throws Exception;
    }
}
