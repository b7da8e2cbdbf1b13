package distkv.access;

import distkv.access.Zones.Zone;
import distkv.model.Path;
import java.util.function.BooleanSupplier;

/** A right that a request needs. */
public sealed interface Need {
    Right right();

    /** Whether these rights are enough. */
    boolean isMet(Rights rights);

    /** Where, as text. */
    String where();

    /** At one path. */
    record At(Right right, Path path, Zone zone) implements Need {
        @Override
        public boolean isMet(Rights rights) {
            return rights.allow(right, path, zone);
        }

        @Override
        public String where() {
            return path.brief();
        }
    }

    /** At a path and at all below it that is in the same zone. */
    record Below(Right right, Path top, Zone zone) implements Need {
        @Override
        public boolean isMet(Rights rights) {
            return rights.allowBelow(right, top, zone);
        }

        @Override
        public String where() {
            return PathPattern.below(top).toString();
        }
    }

    /**
     * To write a job: {@link Right#CODE}. For a write that changes only when the job starts, or that only makes sure that
     * there is none, {@link Right#RUN} is enough.
     *
     * @param startsOrStops whether it is such a write, which is asked only if that matters
     */
    record Job(Path path, BooleanSupplier startsOrStops) implements Need {
        @Override
        public Right right() {
            return Right.CODE;
        }

        @Override
        public boolean isMet(Rights rights) {
            return rights.allow(Right.CODE, path, Zone.JOB)
                    || (rights.allow(Right.RUN, path, Zone.JOB) && startsOrStops.getAsBoolean());
        }

        @Override
        public String where() {
            return path.brief();
        }
    }

    /** For messages with these topics. */
    record Topics(Right right, PathPattern topics) implements Need {
        @Override
        public boolean isMet(Rights rights) {
            return rights.allowTopics(right, topics);
        }

        @Override
        public String where() {
            return "messages " + topics;
        }
    }
}
