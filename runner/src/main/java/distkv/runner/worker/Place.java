package distkv.runner.worker;

import distkv.schema.code.Language;

/**
 * The sort of place in a worker that a run needs. Runs that need the same may share a worker unless they must be alone:
 * those in one language, and a run that must end with its claim takes all its neighbours along.
 *
 * @param alone whether no other run may share the worker
 * @param outlivesClaim whether a run goes on there when its claim may have ended
 */
public record Place(Language language, boolean alone, boolean outlivesClaim) {
    boolean isJava() {
        return language == Language.JAVA;
    }
}
