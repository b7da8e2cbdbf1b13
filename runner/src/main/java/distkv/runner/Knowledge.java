package distkv.runner;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.group.Membership;
import distkv.runner.job.Dispatcher;
import distkv.runner.worker.Pool;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.group.GroupSettings;
import distkv.schema.job.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the feeds have told: takes each change to those whom it concerns. Used by the decision thread only. */
final class Knowledge {
    final Catalog catalog = new Catalog();
    final ErrorIndex errors;
    final Membership membership;
    private final RunnerOptions options;
    private @Nullable Value group;

    Knowledge(RunnerOptions options) {
        this.options = options;
        this.errors = new ErrorIndex(
                options.prefixes().errors(), options.prefixes().runs().child(Kind.ALL.word()), options.node());
        this.membership = new Membership(options.prefixes().presence().child(options.group()));
    }

    /** How many nodes the group should have: the option, or what the group's entry says. */
    int wanted() {
        return options.nodes() > 0 ? options.nodes() : GroupSettings.read(group).nodes();
    }

    /** Takes in a change. */
    void take(Feed feed, Entry entry, Dispatcher dispatcher, Pool pool) {
        Path below = entry.path().tail(feed.root().length());
        if (feed.what() == Feed.What.GROUP) {
            group = below.isRoot() ? entry.value() : group;
            peers(dispatcher);
        }
        if (below.isRoot()) {
            return;
        }
        switch (feed.what()) {
            case CODES -> {
                if (catalog.apply(CodeId.procedure(below), entry)) {
                    dispatcher.codeChanged(CodeId.procedure(below));
                }
            }
            case MODULES -> {
                if (catalog.apply(CodeId.module(below), entry)) {
                    // The workers first: what starts because of this change must not meet the old module in one of
                    // them.
                    pool.moduleChanged(below);
                    dispatcher.codeChanged(CodeId.module(below));
                }
            }
            case ERRORS -> {
                Path about = errors.apply(entry);
                if (about != null) {
                    dispatcher.errorChanged(about);
                }
            }
            case PRESENCE -> {
                if (membership.apply(entry)) {
                    peers(dispatcher);
                }
            }
            case ENTRIES -> dispatcher.changed(kind(feed), Dispatcher.Part.ENTRY, below, entry);
            case STATES -> dispatcher.changed(kind(feed), Dispatcher.Part.STATE, below, entry);
            case CLAIMS -> dispatcher.changed(kind(feed), Dispatcher.Part.CLAIM, below, entry);
            case GROUP -> {}
        }
    }

    private void peers(Dispatcher dispatcher) {
        dispatcher.peers(
                membership.peers(Kind.ANY.word(), GroupSettings.read(group).drained()));
    }

    private static Kind kind(Feed feed) {
        return Objects.requireNonNull(feed.kind());
    }
}
