package distkv.access;

import distkv.access.Zones.Zone;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Request;
import distkv.protocol.WriteConditions;
import distkv.schema.job.JobEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rights that a request needs: those for every entry that it reads, changes, compares or makes its reply show. What is
 * asked of all requests in the same way (who is logged in, which session a lease belongs to) is not here.
 */
public final class RequestNeeds {
    private final Zones zones;
    private final Function<Path, @Nullable Entry> entries;
    private final UnaryOperator<List<String>> rooted;

    /**
     * @param entries finds the entry that is at a path now
     * @param rooted makes the whole topic of what a client sends as one
     */
    public RequestNeeds(Zones zones, Function<Path, @Nullable Entry> entries, UnaryOperator<List<String>> rooted) {
        this.zones = zones;
        this.entries = entries;
        this.rooted = rooted;
    }

    /**
     * The needs of a request; none if everybody who is logged in may make it.
     *
     * @param root the path that the client sees as the root
     */
    public List<Need> of(Request request, Path root) {
        return switch (request) {
            case Request.GetValue get -> List.of(read(path(root, get.path(), get.internal())));
            case Request.SetValue set -> set(set, path(root, set.path(), set.internal()), root);
            case Request.DeleteValue delete -> {
                Path path = path(root, delete.path(), delete.internal());
                List<Need> needs = new ArrayList<>();
                needs.add(write(path, null, delete.conditions().chain()));
                conditions(needs, path, delete.conditions(), root);
                yield needs;
            }
            case Request.DeleteTree delete -> of(delete, root);
            case Request.CommitAll commit -> of(commit, root);
            case Request.Again again -> of(again.write(), root);
            case Request.GetTree get -> readBelow(path(root, get.path(), get.internal()));
            case Request.Enumerate enumerate -> readBelow(path(root, enumerate.path(), enumerate.internal()));
            case Request.Watch watch -> {
                Path top = path(root, watch.path(), false);
                if (watch.only().isEmpty()) {
                    yield watch.depths().max() == 0 ? List.of(read(top)) : readBelow(top);
                }
                List<Need> needs = new ArrayList<>();
                watch.only().forEach(only -> needs.addAll(readBelow(path(top, only, false))));
                yield needs;
            }
            // They search all that the client sees.
            case Request.GetByTick _, Request.EnumerateNode _ -> readBelow(root);
            case Request.Root change -> List.of(read(path(root, change.path(), false)));
            case Request.MsgSend send -> topics(Right.WRITE, send.topic());
            case Request.MsgMonitor monitor -> topics(Right.READ, monitor.topic());
            case Request.OfNodes nodes -> of(nodes);
            // A copy has everything, passwords' hashes too, and can become the main one.
            case Request.OfCopies _ -> List.of(new Need.Below(Right.ADMIN, Zones.INTERNAL, Zone.INTERNAL));
            case Request.ApproveCode approve ->
                approve.user() == null
                        ? List.of()
                        : List.of(new Need.At(Right.ADMIN, AccessTable.user(approve.user()), Zone.INTERNAL));
            // A user's own: whose they are is checked where they are carried out.
            case Request.KeepToken _, Request.DropToken _, Request.ChangePassword _ -> List.of();
            case Request.DiffieHellman _,
                    Request.LogIn _,
                    Request.AskForCode _,
                    Request.WhoAmI _,
                    Request.GetState _,
                    Request.GetTock _,
                    Request.Stop _,
                    Request.TestAcl _,
                    Request.OpenSession _,
                    Request.AttachSession _,
                    Request.RenewSession _,
                    Request.EndSession _,
                    Request.Hello _,
                    Request.Ack _,
                    Request.StreamEnd _,
                    Request.Unsupported _,
                    Request.Unknown _,
                    Request.Malformed _ -> List.of();
        };
    }

    private List<Need> of(Request.DeleteTree delete, Path root) {
        Path top = path(root, delete.path(), false);
        List<Need> needs = writeBelow(top);
        if (delete.chain()) {
            // The stream of what is deleted has the old values.
            needs.addAll(readBelow(top));
        }
        guards(needs, delete.guards(), root);
        return needs;
    }

    private List<Need> of(Request.CommitAll commit, Path root) {
        List<Need> needs = new ArrayList<>();
        for (CommitWrite write : commit.writes()) {
            Path path = path(root, write.path(), false);
            needs.add(write(path, write.value(), write.chain()));
            if (!(write.chain() instanceof ChainCondition.Unchecked)) {
                needs.add(read(path));
            }
        }
        guards(needs, commit.guards(), root);
        if (commit.by() != null) {
            needs.add(new Need.Below(Right.ADMIN, Zones.INTERNAL, Zone.INTERNAL));
        }
        return needs;
    }

    private List<Need> of(Request.OfNodes request) {
        return switch (request) {
            case Request.InviteNode invite -> List.of(write(AccessTable.node(invite.name())));
            case Request.RevokeNode revoke -> List.of(write(AccessTable.node(revoke.name())));
            case Request.ListNodes _ -> readBelow(AccessTable.TOP);
            // An invitation or a certificate is asked for, not a right.
            case Request.JoinAsNode _, Request.RenewNode _ -> List.of();
        };
    }

    private List<Need> set(Request.SetValue set, Path path, Path root) {
        Need write = write(path, set.value(), set.conditions().chain());
        if (!set.idem() && set.conditions().equals(WriteConditions.NONE)) {
            return List.of(write);
        }
        List<Need> needs = new ArrayList<>();
        needs.add(write);
        if (set.idem()) {
            // The reply says whether the value was there already.
            needs.add(read(path));
        }
        conditions(needs, path, set.conditions(), root);
        return needs;
    }

    /** The reply to a condition says what is there. */
    private void conditions(List<Need> needs, Path path, WriteConditions conditions, Path root) {
        if (conditions.prev() != null || !(conditions.chain() instanceof ChainCondition.Unchecked)) {
            needs.add(read(path));
        }
        guards(needs, conditions.guards(), root);
    }

    private void guards(List<Need> needs, List<Guard> guards, Path root) {
        guards.forEach(guard -> needs.add(read(path(root, guard.path(), false))));
    }

    /** What a client needs to see the entry at a path. */
    public Need read(Path path) {
        Zone zone = zones.of(path);
        return new Need.At(zone == Zone.INTERNAL ? Right.ADMIN : Right.READ, path, zone);
    }

    /** What a client needs to write any value to a path, or to delete the entry there. */
    public Need write(Path path) {
        Zone zone = zones.of(path);
        return new Need.At(zone.write(), path, zone);
    }

    private List<Need> readBelow(Path top) {
        Zone zone = zones.of(top);
        if (zone == Zone.INTERNAL) {
            return List.of(new Need.Below(Right.ADMIN, top, zone));
        }
        List<Need> needs = new ArrayList<>();
        needs.add(new Need.Below(Right.READ, top, zone));
        zones.below(top).forEach(place -> needs.add(new Need.Below(Right.READ, place, zones.of(place))));
        return needs;
    }

    private Need write(Path path, @Nullable Value value, ChainCondition chain) {
        Zone zone = zones.of(path);
        return zone == Zone.JOB
                ? new Need.Job(path, () -> startsOrStops(path, value, chain))
                : new Need.At(zone.write(), path, zone);
    }

    /** Only if the chain makes sure that what is replaced is what was compared, or that there is nothing to delete. */
    private boolean startsOrStops(Path path, @Nullable Value value, ChainCondition chain) {
        if (value == null) {
            return chain instanceof ChainCondition.Absent;
        }
        Entry entry = entries.apply(path);
        return entry != null
                && entry.value() != null
                && chain instanceof ChainCondition.Link link
                && link.tick() == entry.tick()
                && JobEdit.differOnlyInStart(entry.value(), value);
    }

    private List<Need> writeBelow(Path top) {
        Zone zone = zones.of(top);
        List<Need> needs = new ArrayList<>();
        needs.add(new Need.Below(zone.write(), top, zone));
        if (zone != Zone.INTERNAL) {
            for (Path place : zones.below(top)) {
                needs.add(new Need.Below(zones.of(place).write(), place, zones.of(place)));
            }
        }
        return needs;
    }

    private List<Need> topics(Right right, List<String> topic) {
        int rest = topic.indexOf("#");
        if (rest >= 0 && rest < topic.size() - 1) {
            // No valid topic: refused for that reason.
            return List.of();
        }
        return List.of(new Need.Topics(right, PathPattern.of(Path.of(rooted.apply(topic)))));
    }

    private static Path path(Path root, Path path, boolean internal) {
        return (internal ? Zones.INTERNAL : root).append(path);
    }
}
