package distkv.runner.lifecycle;

import distkv.model.Path;
import distkv.runner.group.Membership;
import distkv.runner.group.Peer;
import distkv.runner.lifecycle.Sim.Change;
import distkv.runner.lifecycle.Sim.Part;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorIndex;
import distkv.schema.group.GroupSettings;
import distkv.schema.job.Kind;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a simulated runner is told of its group. Each feed keeps its order, but is late by as much as chance has it, and
 * one may be ahead of another. A reader that lags misses values, but never the last one of a path.
 */
final class SimFeeds {
    /** How late news may be at the most, in seconds, also when all is healthy. */
    static final double LATEST = 1;

    private static final Part[] PARTS = Part.values();

    private final Sim sim;
    private final Sim.Group group;
    private final SimNode node;
    private final Map<Part, Cursor> cursors = new EnumMap<>(Part.class);
    private Membership membership;
    private Catalog catalog = new Catalog();
    private ErrorIndex errors = new ErrorIndex(Sim.ERRORS);

    /** How far a feed has been read, and whether news is on its way. */
    private static final class Cursor {
        int at;
        boolean arriving;
    }

    SimFeeds(Sim sim, Sim.Group group, SimNode node) {
        this.sim = sim;
        this.group = group;
        this.node = node;
        this.membership = new Membership(Sim.PRESENCE.child(group.name));
    }

    /** Forgets all. */
    void restart(Catalog newCatalog, ErrorIndex newErrors) {
        cursors.clear();
        membership = new Membership(Sim.PRESENCE.child(group.name));
        catalog = newCatalog;
        errors = newErrors;
    }

    /** Something was written: it will arrive. */
    void arriving(Part part) {
        Cursor cursor = cursor(part);
        if (node.isUp() && !cursor.arriving) {
            cursor.arriving = true;
            double late = sim.chance(0.01) ? LATEST : 0.02;
            sim.after(sim.between(0.0001, late), node.connected(() -> {
                cursor.arriving = false;
                read(part);
                node.turn();
            }));
        }
    }

    private Cursor cursor(Part part) {
        return cursors.computeIfAbsent(part, key -> new Cursor());
    }

    /** Reads all that there is: as at the start, or after a lost connection. */
    void readAll() {
        for (Part part : PARTS) {
            read(part);
        }
    }

    private void read(Part part) {
        List<Change> log = group.log(part);
        Cursor cursor = cursor(part);
        int from = cursor.at;
        int to = log.size();
        cursor.at = to;
        boolean lags = to - from > 1 && (from == 0 || sim.chance(0.1));
        if (lags) {
            Map<Path, Change> newest = new LinkedHashMap<>();
            for (Change change : log.subList(from, to)) {
                // The newest value of a path, at the place of the newest.
                newest.remove(change.entry().path());
                newest.put(change.entry().path(), change);
            }
            newest.values().forEach(change -> take(part, change));
        } else {
            for (int i = from; i < to; i++) {
                take(part, log.get(i));
            }
        }
    }

    private void take(Part part, Change change) {
        if (!node.isUp() || !change.to().isFor(node)) {
            return;
        }
        switch (part) {
            case RUN -> changed(JobEvent.Part.ENTRY, change);
            case STATE -> changed(JobEvent.Part.STATE, change);
            case CLAIM -> changed(JobEvent.Part.CLAIM, change);
            case CODE -> {
                CodeId code = CodeId.procedure(change.to().job());
                if (catalog.apply(code, change.entry())) {
                    node.handle(new JobEvent.CodeChanged(code));
                }
            }
            case ERROR -> errors.apply(change.entry());
            case PRESENCE -> {
                String about = membership.apply(change.entry());
                if (about != null) {
                    peerChanged(about);
                }
            }
            case GROUP ->
                membership
                        .drain(GroupSettings.read(change.entry().value()).drained())
                        .forEach(this::peerChanged);
        }
    }

    private void changed(JobEvent.Part part, Change change) {
        node.handle(new JobEvent.Changed(kind(change), part, change.to().job(), change.entry()));
    }

    private void peerChanged(String about) {
        node.handle(new JobEvent.PeerChanged(about, membership.peer(about)));
    }

    /** Whether this node, for all it was told, may run jobs for any node that ask for these labels. */
    boolean mayRun(Set<String> has) {
        Peer here = membership.peer(node.name);
        return here == null || here.mayRun(has);
    }

    private static Kind kind(Change change) {
        @Nullable Kind kind = change.to().kind();
        if (kind == null) {
            throw new IllegalStateException(change + " (expected: a kind of job)");
        }
        return kind;
    }
}
