package distkv.access;

import distkv.model.Nil;
import distkv.model.Path;
import distkv.schema.Prefixes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The zones of the tree: which right a write needs depends on what is kept there. All zones but {@link Zone#DATA} are the
 * system's: a pattern that begins with a wildcard does not match their paths.
 */
public final class Zones {
    /** What is kept at a path. */
    public enum Zone {
        /** What users keep. */
        DATA(Right.WRITE),
        /** What extensions keep beside the system's own entries, below {@code .distkv}. */
        EXTENSION(Right.WRITE),
        CODE(Right.CODE),
        /** Whoever may only {@link Right#RUN} jobs may change when they start. */
        JOB(Right.CODE),
        STATE(Right.RUN),
        CLAIM(Right.RUN),
        PRESENCE(Right.RUN),
        ERROR(Right.RUN),
        GROUP(Right.RUN),
        /** What configures clients. */
        CONFIG(Right.ADMIN),
        /** The internal tree, with users and roles. */
        INTERNAL(Right.ADMIN);

        private final Right write;

        Zone(Right write) {
            this.write = write;
        }

        /** The right that a write needs. */
        public Right write() {
            return write;
        }
    }

    private record Place(Path top, Zone zone) {}

    /** Where the internal tree is. */
    public static final Path INTERNAL = Path.of(Nil.NIL);

    /** The first that contains a path counts. */
    private final List<Place> places = new ArrayList<>();

    /** The first elements of all places: few, so that a path of users is recognized soon. */
    private final Path[] heads;

    public Zones(Prefixes prefixes) {
        places.add(new Place(INTERNAL, Zone.INTERNAL));
        places.add(new Place(prefixes.codes(), Zone.CODE));
        places.add(new Place(prefixes.modules(), Zone.CODE));
        places.add(new Place(prefixes.runs(), Zone.JOB));
        places.add(new Place(prefixes.states(), Zone.STATE));
        places.add(new Place(prefixes.claims(), Zone.CLAIM));
        places.add(new Place(prefixes.presence(), Zone.PRESENCE));
        places.add(new Place(prefixes.errors(), Zone.ERROR));
        places.add(new Place(prefixes.groups(), Zone.GROUP));
        for (Path top : hidden(prefixes)) {
            places.add(new Place(top.child("config"), Zone.CONFIG));
            places.add(new Place(top, Zone.EXTENSION));
        }
        heads = places.stream()
                .map(place -> place.top.head(Math.min(1, place.top.length())))
                .distinct()
                .toArray(Path[]::new);
    }

    /** The tops whose name begins with a dot, such as {@code .distkv}. */
    private static Set<Path> hidden(Prefixes prefixes) {
        Set<Path> tops = new LinkedHashSet<>();
        for (Path prefix : List.of(
                Prefixes.DEFAULT.codes(), prefixes.codes(), prefixes.runs(), prefixes.states(), prefixes.errors())) {
            if (!prefix.isRoot()
                    && prefix.head(1).elements().getFirst() instanceof String name
                    && name.startsWith(".")) {
                tops.add(prefix.head(1));
            }
        }
        return tops;
    }

    /** What is kept at a path. */
    public Zone of(Path path) {
        for (Path head : heads) {
            if (path.startsWith(head)) {
                return ofSystem(path);
            }
        }
        return Zone.DATA;
    }

    private Zone ofSystem(Path path) {
        for (Place place : places) {
            if (path.startsWith(place.top)) {
                return place.zone;
            }
        }
        return Zone.DATA;
    }

    /** The tops that no pattern with a wildcard at its beginning matches, beside the internal tree. */
    List<Path> systemTops() {
        return below(Path.ROOT);
    }

    /** Whether a pattern matches a path outside of the users' data. */
    boolean hasSystemPath(PathPattern pattern) {
        return places.stream().anyMatch(place -> pattern.reaches(place.top));
    }

    /** Where the configuration of clients is. */
    List<Path> config() {
        return places.stream()
                .filter(place -> place.zone == Zone.CONFIG)
                .map(Place::top)
                .toList();
    }

    /** The tops of zones that are below a path. A walk of the root leaves out the internal tree, so it is never there. */
    List<Path> below(Path path) {
        List<Path> found = new ArrayList<>();
        for (Place place : places) {
            if (place.zone != Zone.INTERNAL && place.top.startsWith(path) && !place.top.equals(path)) {
                found.add(place.top);
            }
        }
        return found;
    }
}
