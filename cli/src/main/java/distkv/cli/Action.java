package distkv.cli;

/** A command's work, by what it needs to be given. The result is the exit code. */
sealed interface Action {
    /** Needs no server, or makes its own. */
    non-sealed interface Local extends Action {
        int run(Context context) throws Exception;
    }

    /** Talks to a server. */
    non-sealed interface Remote extends Action {
        int run(Tree tree, Printer printer) throws Exception;
    }

    /** Is about procedures or modules. */
    non-sealed interface OfLibrary extends Action {
        int run(Tree tree, Library library, Printer printer) throws Exception;
    }

    /** Runs the jobs of one kind and group in this process. */
    non-sealed interface Serving extends Action {
        int run(Context context, JobScope scope) throws Exception;
    }

    /** Is about the jobs of one kind and group. */
    non-sealed interface OfJobs extends Action {
        int run(Tree tree, JobScope scope, Printer printer) throws Exception;
    }
}
