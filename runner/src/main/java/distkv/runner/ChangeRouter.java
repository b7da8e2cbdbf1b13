package distkv.runner;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.runner.accept.CodeGate;
import distkv.runner.group.Membership;
import distkv.runner.lifecycle.JobEvent;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.group.GroupSettings;
import distkv.schema.job.Kind;
import java.util.List;
import java.util.Objects;

/** Keeps what the feeds have told, and says what each change means to jobs. Used by the decision thread only. */
final class ChangeRouter {
    final Catalog catalog = new Catalog();
    final ErrorIndex errors;
    final Membership membership;
    private final RunnerOptions options;
    private final CodeGate gate;
    private GroupSettings group = GroupSettings.read(null);

    ChangeRouter(RunnerOptions options, CodeGate gate) {
        this.options = options;
        this.gate = gate;
        this.errors = new ErrorIndex(
                options.prefixes().errors(), options.prefixes().runs().child(Kind.ALL.word()), options.node());
        this.membership = new Membership(options.prefixes().presence().child(options.group()));
    }

    /** How many nodes the group should have: the option, or what the group's entry says. */
    int wanted() {
        return options.nodes() > 0 ? options.nodes() : group.nodes();
    }

    /** Takes in a change; returns what it means to jobs. */
    List<JobEvent> take(Feed feed, Entry entry) {
        Path below = entry.path().tail(feed.root().length());
        // Only the group itself is an entry at the root of its feed.
        if (below.isRoot() != (feed.what() == Feed.What.GROUP)) {
            return List.of();
        }
        return switch (feed.what()) {
            case CODES -> code(CodeId.procedure(below), entry);
            case MODULES -> code(CodeId.module(below), entry);
            case ERRORS -> {
                Path about = errors.apply(entry);
                yield about == null ? List.of() : List.of(new JobEvent.ErrorChanged(about));
            }
            case PRESENCE -> {
                String node = membership.apply(entry);
                yield node == null ? List.of() : List.of(peer(node));
            }
            case ENTRIES -> List.of(new JobEvent.Changed(kind(feed), JobEvent.Part.ENTRY, below, entry));
            case STATES -> List.of(new JobEvent.Changed(kind(feed), JobEvent.Part.STATE, below, entry));
            case CLAIMS -> List.of(new JobEvent.Changed(kind(feed), JobEvent.Part.CLAIM, below, entry));
            case GROUP -> settings(entry);
        };
    }

    private List<JobEvent> code(CodeId piece, Entry entry) {
        // Both judge and keep the same entry: what is found good is what will run.
        boolean judged = gate.changed(piece, entry);
        return catalog.apply(piece, entry) || judged ? List.of(new JobEvent.CodeChanged(piece)) : List.of();
    }

    private List<JobEvent> settings(Entry entry) {
        group = GroupSettings.read(entry.value());
        return membership.drain(group.drained()).stream().map(this::peer).toList();
    }

    private JobEvent peer(String node) {
        return new JobEvent.PeerChanged(node, membership.peer(node));
    }

    private static Kind kind(Feed feed) {
        return Objects.requireNonNull(feed.kind());
    }
}
