package distkv.access;

import distkv.access.Zones.Zone;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What somebody may do: whatever one of these rules allows. */
public final class Rights {
    /** Everything, which owners may do. */
    public static final Rights ALL = new Rights(List.of(), true);

    /** Nothing. */
    public static final Rights NONE = new Rights(List.of(), false);

    private final List<Rule> rules;
    private final boolean all;

    private Rights(List<Rule> rules, boolean all) {
        this.rules = List.copyOf(rules);
        this.all = all;
    }

    public static Rights of(List<Rule> rules) {
        return new Rights(rules, false);
    }

    /** What these or others allow. */
    public Rights or(Rights others) {
        if (all || others.all) {
            return ALL;
        }
        List<Rule> both = new ArrayList<>(rules);
        both.addAll(others.rules);
        return of(both);
    }

    /** The part of these rights that is about a path and what is below it. */
    public Rights within(Path top) {
        if (top.isRoot()) {
            return this;
        }
        if (all) {
            return of(List.of(new Rule(PathPattern.below(top), EnumSet.allOf(Right.class), top)));
        }
        return of(rules.stream().map(rule -> rule.within(top)).toList());
    }

    /** Of these rights, those to read and to write data. */
    public Rights readAndWrite(Zones zones) {
        Set<Right> kept = EnumSet.of(Right.READ, Right.WRITE);
        if (!all) {
            return of(rules.stream().flatMap(rule -> rule.only(kept).stream()).toList());
        }
        List<Rule> everywhere = new ArrayList<>();
        everywhere.add(new Rule(PathPattern.ALL, kept));
        zones.systemTops().forEach(top -> everywhere.add(new Rule(PathPattern.below(top), kept)));
        return of(everywhere);
    }

    /** Whether these rights allow all that others do. */
    public boolean include(Rights others, Zones zones) {
        return all || (!others.all && others.rules.stream().allMatch(rule -> includes(rule, zones)));
    }

    private boolean includes(Rule other, Zones zones) {
        return other.rights().stream()
                .allMatch(right -> rules.stream().anyMatch(mine -> mine.covers(right, other, zones)));
    }

    /** Whether everything is allowed. */
    public boolean isAll() {
        return all;
    }

    public List<Rule> rules() {
        return rules;
    }

    /** Whether this is allowed at a path, which is in this zone. */
    boolean allow(Right right, Path path, Zone zone) {
        if (all) {
            return true;
        }
        for (Rule rule : rules) {
            if (rule.allows(right, path, zone)) {
                return true;
            }
        }
        return false;
    }

    /** Whether this is allowed at a path and at all below it that is in the same zone. */
    boolean allowBelow(Right right, Path top, Zone zone) {
        return all || rules.stream().anyMatch(rule -> rule.allowsBelow(right, top, zone));
    }

    /** Whether this is allowed for all messages whose topic matches. */
    boolean allowTopics(Right right, PathPattern topics) {
        return all || rules.stream().anyMatch(rule -> rule.allowsTopics(right, topics));
    }
}
