package distkv.runner;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.group.Membership;
import distkv.runner.lifecycle.JobEvent;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.group.GroupSettings;
import distkv.schema.job.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Keeps what the feeds have told, and says what each change means to jobs. Used by the decision thread only. */
final class ChangeRouter {
    final Catalog catalog = new Catalog();
    final ErrorIndex errors;
    final Membership membership;
    private final RunnerOptions options;
    private @Nullable Value group;

    ChangeRouter(RunnerOptions options) {
        this.options = options;
        this.errors = new ErrorIndex(
                options.prefixes().errors(), options.prefixes().runs().child(Kind.ALL.word()), options.node());
        this.membership = new Membership(options.prefixes().presence().child(options.group()));
    }

    /** How many nodes the group should have: the option, or what the group's entry says. */
    int wanted() {
        return options.nodes() > 0 ? options.nodes() : GroupSettings.read(group).nodes();
    }

    /** Takes in a change; returns what it means to jobs, {@code null}: nothing. */
    @Nullable
    JobEvent take(Feed feed, Entry entry) {
        Path below = entry.path().tail(feed.root().length());
        // Only the group itself is an entry at the root of its feed.
        if (below.isRoot() != (feed.what() == Feed.What.GROUP)) {
            return null;
        }
        return switch (feed.what()) {
            case CODES -> code(CodeId.procedure(below), entry);
            case MODULES -> code(CodeId.module(below), entry);
            case ERRORS -> {
                Path about = errors.apply(entry);
                yield about == null ? null : new JobEvent.ErrorChanged(about);
            }
            case PRESENCE -> membership.apply(entry) ? peers() : null;
            case ENTRIES -> new JobEvent.Changed(kind(feed), JobEvent.Part.ENTRY, below, entry);
            case STATES -> new JobEvent.Changed(kind(feed), JobEvent.Part.STATE, below, entry);
            case CLAIMS -> new JobEvent.Changed(kind(feed), JobEvent.Part.CLAIM, below, entry);
            case GROUP -> {
                group = entry.value();
                yield peers();
            }
        };
    }

    private @Nullable JobEvent code(CodeId piece, Entry entry) {
        return catalog.apply(piece, entry) ? new JobEvent.CodeChanged(piece) : null;
    }

    private JobEvent peers() {
        return new JobEvent.PeersChanged(
                membership.peers(Kind.ANY.word(), GroupSettings.read(group).drained()));
    }

    private static Kind kind(Feed feed) {
        return Objects.requireNonNull(feed.kind());
    }
}
