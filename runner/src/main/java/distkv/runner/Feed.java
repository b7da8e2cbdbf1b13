package distkv.runner;

import distkv.model.Path;
import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A subtree that a runner follows. */
record Feed(What what, @Nullable Kind kind, Path root) {
    enum What {
        ENTRIES,
        STATES,
        CLAIMS,
        CODES,
        MODULES,
        ERRORS,
        PRESENCE,
        GROUP
    }

    /** All that a runner with these options follows. */
    static List<Feed> of(RunnerOptions options) {
        Prefixes at = options.prefixes();
        List<Feed> feeds = new ArrayList<>();
        feeds.add(new Feed(What.CODES, null, at.codes()));
        feeds.add(new Feed(What.MODULES, null, at.modules()));
        feeds.add(new Feed(What.ERRORS, null, at.errors()));
        feeds.add(new Feed(What.PRESENCE, null, at.presence().child(options.group())));
        feeds.add(new Feed(What.GROUP, null, at.groups().child(options.group())));
        for (Kind kind : options.kinds()) {
            feeds.add(new Feed(What.ENTRIES, kind, kind.entries(at.runs(), options.group(), options.node())));
            feeds.add(new Feed(What.STATES, kind, kind.states(at.states(), options.group(), options.node())));
            feeds.add(new Feed(What.CLAIMS, kind, kind.states(at.claims(), options.group(), options.node())));
        }
        return feeds;
    }
}
