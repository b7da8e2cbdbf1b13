package distkv.runner.lifecycle;

import distkv.runner.worker.Place;

/** The places for runs in this node's workers. */
public interface Places {
    /** Keeps a place for one more run, if there is one; it is taken by the {@link Effect.Start} of that run. */
    boolean keep(Place place);

    /** Gives up a place that was kept, as nothing starts there. */
    void free(Place place);
}
