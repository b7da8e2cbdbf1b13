package distkv.access;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Request;
import distkv.protocol.Values;
import distkv.protocol.WriteConditions;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import distkv.schema.Prefixes;
import distkv.schema.error.ErrorRecord;
import distkv.schema.group.Member;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobAddress;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Placement;
import distkv.schema.job.StateEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node may write where its rules let it write at all: as much as a runner has to, under its own name, about jobs
 * that nobody else runs. A write must carry the condition that makes sure that what was judged is what is replaced, so
 * nothing can change in between. A condition that does not hold any more is left to the store, which refuses the write.
 */
public final class NodeWrites {
    private static final String ANOTHER = " (expected: a job that no other node runs)";

    private final Prefixes prefixes;
    private final Zones zones;
    private final Function<Path, @Nullable Entry> entries;
    private final LongSupplier newest;

    /**
     * Who writes.
     *
     * @param labels what it may say that it has; empty: anything
     * @param session that of the connection; 0 if it has none
     */
    public record Writer(String node, Set<String> groups, Set<String> labels, long session) {}

    /**
     * Why a write must not be made.
     *
     * @param right that the writer has there, though not for this
     */
    public record Refusal(Right right, Path path, String reason) {
        /** What follows "may not" in a sentence about the writer. */
        public String text() {
            return right.word() + " " + path.brief() + ": " + reason;
        }
    }

    /**
     * @param entries finds the entry that is at a path now
     * @param newest the newest tick that is known: nobody can have read a greater one
     */
    public NodeWrites(Prefixes prefixes, Function<Path, @Nullable Entry> entries, LongSupplier newest) {
        this.prefixes = prefixes;
        this.zones = new Zones(prefixes);
        this.entries = entries;
        this.newest = newest;
    }

    /**
     * Why a node may not make a request for which it has the rights; {@code null} if it may. A write that was sent before is
     * judged when it turns out that it is still to be made.
     *
     * @param root the path that the client sees as the root
     */
    public @Nullable Refusal refusal(Writer writer, Request request, Path root) {
        return switch (request) {
            case Request.SetValue set ->
                refusal(writer, set.path(), set.value(), set.conditions(), set.session(), root);
            case Request.DeleteValue delete -> refusal(writer, delete.path(), null, delete.conditions(), false, root);
            case Request.CommitAll commit -> new Judge(writer, commit.writes(), commit.guards(), root).refusal();
            case Request.DeleteTree delete ->
                refusal(root.append(delete.path()), "a whole subtree (expected: single entries)");
            default -> null;
        };
    }

    /** Whether there is anything at a path that a node may write, given the right. */
    public boolean maySome(Path path) {
        return switch (zones.of(path)) {
            case PRESENCE, CLAIM, STATE, ERROR -> true;
            default -> false;
        };
    }

    private @Nullable Refusal refusal(
            Writer writer, Path path, @Nullable Value value, WriteConditions conditions, boolean session, Path root) {
        CommitWrite write = new CommitWrite(path, value, conditions.chain(), session);
        return new Judge(writer, List.of(write), conditions.guards(), root).refusal();
    }

    private Refusal refusal(Path path, String reason) {
        return new Refusal(zones.of(path).write(), path, reason);
    }

    /** Judges the writes of one request. */
    private final class Judge {
        private final Writer writer;
        private final Map<Path, CommitWrite> writes = new HashMap<>();
        private final Map<Path, Guard> guards = new HashMap<>();

        Judge(Writer writer, List<CommitWrite> writes, List<Guard> guards, Path root) {
            this.writer = writer;
            writes.forEach(write -> this.writes.put(root.append(write.path()), write));
            guards.forEach(guard -> this.guards.put(root.append(guard.path()), guard));
        }

        @Nullable
        Refusal refusal() {
            for (Map.Entry<Path, CommitWrite> each : writes.entrySet()) {
                String reason = reason(each.getKey(), each.getValue());
                if (reason != null) {
                    return NodeWrites.this.refusal(each.getKey(), reason);
                }
            }
            return null;
        }

        private @Nullable String reason(Path path, CommitWrite write) {
            if (write.chain() instanceof ChainCondition.Link(String _, long tick) && tick > newest.getAsLong()) {
                return "tick " + tick + " does not exist yet (expected: the chain of what is there)";
            }
            return switch (zones.of(path)) {
                case PRESENCE -> presence(path, write);
                case CLAIM -> claim(path, write);
                case STATE -> state(path, write);
                case ERROR -> error(path, write);
                // Only makes sure that there is none.
                case JOB ->
                    write.value() == null && write.chain() instanceof ChainCondition.Absent
                            ? null
                            : "nodes write no jobs (expected: somebody with the right code)";
                default -> "nodes write only presence, claims, states and errors (expected: one of these)";
            };
        }

        private @Nullable String presence(Path path, CommitWrite write) {
            List<Object> below = path.below(prefixes.presence()).elements();
            if (below.size() != 3 || Kind.find(below.getLast()) == null) {
                return "not a presence (expected: group, node, and any, at or all)";
            }
            if (write.value() == null) {
                return null;
            }
            boolean isOwn = Values.decode(write.value()) instanceof Map<?, ?> map
                    && writer.node().equals(map.get("node"))
                    && below.getLast().equals(map.get("kind"));
            if (!isOwn) {
                return "another name or kind in it (expected: those of the path)";
            }
            Set<String> foreign =
                    notInvitedWith(Member.read(writer.node(), "", write.value()).labels());
            if (!foreign.isEmpty()) {
                return "labels " + String.join(" and ", foreign) + " (expected: those of the node's invitation, "
                        + String.join(", ", writer.labels()) + ")";
            }
            return write.session() ? null : "without a session (expected: session: true)";
        }

        private @Nullable String claim(Path path, CommitWrite write) {
            Path below = path.below(prefixes.claims());
            boolean isStandby = JobId.isStandby(below);
            if (JobAddress.ofState(isStandby ? below.head(below.length() - 1) : below) == null) {
                return "no claim of a job (expected: one)";
            }
            if (write.chain() instanceof ChainCondition.Unchecked) {
                return "without a condition (expected: chain)";
            }
            Entry there = entries.apply(path);
            String holder = holder(there);
            boolean takesOver = write.value() != null && !isStandby && isOffered(path, holder);
            if (holder != null && !holder.equals(writer.node()) && mayHold(write.chain(), there) && !takesOver) {
                return name(holder) + " holds it" + ANOTHER;
            }
            ClaimEntry claim = ClaimEntry.read(write.value());
            if (claim == null) {
                return null;
            }
            if (!claim.node().equals(writer.node())) {
                return "another name in it, '" + claim.node() + "' (expected: the node's own)";
            }
            if (!write.session() || claim.session() != writer.session()) {
                return "without this connection's session (expected: session: true, and its number)";
            }
            Set<String> lacking = notInvitedWith(asksFor(JobAddress.ofState(isStandby ? below.parent() : below)));
            return lacking.isEmpty()
                    ? null
                    : "its job asks for " + String.join(" and ", lacking)
                            + " (expected: one for what the node was invited with, "
                            + String.join(", ", writer.labels()) + ")";
        }

        private Set<String> notInvitedWith(Set<String> labels) {
            Set<String> others = new TreeSet<>(labels);
            others.removeAll(writer.labels());
            return writer.labels().isEmpty() ? Set.of() : others;
        }

        /** The labels that a job wants a node to have; none if its entry cannot be read, as nobody runs it then. */
        private Set<String> asksFor(@Nullable JobAddress job) {
            Entry there = job == null ? null : entries.apply(job.entry(prefixes.runs()));
            try {
                return there == null || there.value() == null
                        ? Set.of()
                        : Placement.read(Fields.of("job", there.value())).has();
            } catch (BadEntry e) {
                return Set.of();
            }
        }

        /** Who holds a claim, empty if it does not say; {@code null} if nobody does. */
        private @Nullable String holder(@Nullable Entry there) {
            ClaimEntry claim = there == null ? null : ClaimEntry.read(there.value());
            return claim == null ? null : claim.node();
        }

        private boolean isHeldByUs(Path claim) {
            return writer.node().equals(holder(entries.apply(claim)));
        }

        /** Whether the run that has a claim is offered to others, and a run of this node stands by for it. */
        private boolean isOffered(Path claim, @Nullable String holder) {
            Entry there = entries.apply(prefixes.states().append(claim.below(prefixes.claims())));
            StateEntry state = StateEntry.read(there == null ? null : there.value());
            return state.offered()
                    && holder != null
                    && holder.equals(state.node())
                    && isHeldByUs(claim.child(Guard.STANDBY));
        }

        private @Nullable String state(Path path, CommitWrite write) {
            Path below = path.below(prefixes.states());
            if (JobAddress.ofState(below) == null) {
                return "no state of a job (expected: one)";
            }
            Entry there = entries.apply(path);
            Path claim = prefixes.claims().append(below);
            CommitWrite claiming = writes.get(claim);
            Guard guard = guards.get(claim);
            boolean runs;
            if (claiming != null) {
                // It was judged by itself: the claim is this node's, was, or is nobody's.
                runs = claiming.value() != null;
            } else if (guard != null) {
                Entry held = entries.apply(claim);
                boolean holds = held != null && held.tick() == guard.tick();
                if (guard.tick() > newest.getAsLong() || (holds && !isHeldByUs(claim))) {
                    return "guarded by a claim of another (expected: the node's own)";
                }
                runs = true;
            } else if (write.chain() instanceof ChainCondition.Unchecked) {
                return "without a condition (expected: the claim as a guard, or chain)";
            } else {
                // Whoever takes a claim writes the state as well, so the chain makes sure that nobody does meanwhile.
                String holder = holder(entries.apply(claim));
                runs = writer.node().equals(holder);
                if (holder != null && !runs && mayHold(write.chain(), there) && !isSame(write.value(), there)) {
                    return name(holder) + " holds its claim" + ANOTHER;
                }
            }
            String says = write.value() == null
                    ? null
                    : StateEntry.read(write.value()).node();
            if (says == null || isSame(write.value(), there) || (runs && says.equals(writer.node()))) {
                return null;
            }
            return "it says that " + name(says) + " runs it (expected: whoever holds its claim)";
        }

        private static boolean isSame(@Nullable Value value, @Nullable Entry there) {
            return value != null && there != null && StateEntry.read(value).equals(StateEntry.read(there.value()));
        }

        private @Nullable String error(Path path, CommitWrite write) {
            List<Object> below = path.below(prefixes.errors()).elements();
            if (write.value() == null) {
                return "nodes delete no errors (expected: resolved)";
            }
            if (below.size() == 3) {
                boolean isOwn = writer.node().equals(below.getLast());
                // What is wrong with the record is found when that is judged.
                return isOwn && writes.containsKey(path.head(path.length() - 1))
                        ? null
                        : "not what this node says of an error (expected: with the error's record, under its own name)";
            }
            if (below.size() != 2) {
                return "not the record of an error (expected: node and number)";
            }
            Entry there = entries.apply(path);
            if (write.chain() instanceof ChainCondition.Unchecked) {
                return "without a condition (expected: chain)";
            }
            if (!mayHold(write.chain(), there)) {
                return null;
            }
            ErrorRecord now = ErrorRecord.read(new Entry(path, write.value(), 0, 0));
            if (now == null || !isOurs(now.about())) {
                return "not about a job of this node's groups (expected: one)";
            }
            if (there == null) {
                return writer.node().equals(below.getFirst()) ? null : "below another name (expected: the node's own)";
            }
            ErrorRecord before = ErrorRecord.read(there);
            return before != null
                            && before.about().equals(now.about())
                            && before.subsystem().equals(now.subsystem())
                    ? null
                    : "about something else than before (expected: the same)";
        }

        /** Whether errors about something are this node's business: other groups' jobs are not. */
        private boolean isOurs(Path about) {
            if (!about.startsWith(prefixes.runs())) {
                return true;
            }
            JobAddress job = JobAddress.ofEntry(about.below(prefixes.runs()));
            return job != null
                    && writer.groups().contains(job.group())
                    && (job.kind() != Kind.AT || job.node().equals(writer.node()));
        }
    }

    /** Whether the store could find that a condition holds for what is there. */
    private static boolean mayHold(ChainCondition chain, @Nullable Entry there) {
        return switch (chain) {
            case ChainCondition.Unchecked _ -> true;
            case ChainCondition.Absent _ -> there == null;
            case ChainCondition.Link(String _, long tick) -> there != null && there.tick() == tick;
        };
    }

    private static String name(String node) {
        return node.isEmpty() ? "somebody" : "node " + node;
    }
}
