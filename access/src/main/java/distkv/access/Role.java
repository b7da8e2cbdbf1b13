package distkv.access;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import distkv.schema.Prefixes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Rights under a name, which users and tokens get by their grants. */
public record Role(String name, Rights rights) {
    /** Whoever has it may do everything. */
    public static final String OWNER = "owner";

    private static final PathPattern ALL = PathPattern.ALL;
    private static final String RULES = "rules";
    private static final String AT = "at";
    private static final String ALLOW = "allow";

    /** The roles that are always there, by name, from the weakest to the strongest. */
    public static Map<String, Role> builtIn(Prefixes prefixes) {
        PathPattern jobs = PathPattern.below(prefixes.runs());
        List<Rule> viewer = reading(prefixes);
        List<Rule> editor = plus(viewer, Rule.of(ALL, Right.WRITE));
        List<Rule> operating = List.of(
                Rule.of(jobs, Right.RUN),
                Rule.of(PathPattern.below(prefixes.errors()), Right.RUN),
                Rule.of(PathPattern.below(prefixes.groups()), Right.RUN));
        List<Rule> author = plus(editor, operating.toArray(Rule[]::new));
        author.add(Rule.of(jobs, Right.CODE));
        author.add(Rule.of(PathPattern.below(prefixes.codes()), Right.CODE));
        author.add(Rule.of(PathPattern.below(prefixes.modules()), Right.CODE));
        // The state of a job that is deleted.
        author.add(Rule.of(PathPattern.below(prefixes.states()), Right.RUN));
        Map<String, Role> roles = new LinkedHashMap<>();
        add(roles, "viewer", Rights.of(viewer));
        add(roles, "editor", Rights.of(editor));
        add(roles, "operator", Rights.of(plus(viewer, operating.toArray(Rule[]::new))));
        add(roles, "author", Rights.of(author));
        add(roles, OWNER, Rights.ALL);
        return roles;
    }

    /** The rules that allow to read all but the internal tree. */
    static List<Rule> reading(Prefixes prefixes) {
        List<Rule> rules = new ArrayList<>();
        rules.add(Rule.of(ALL, Right.READ));
        for (Path top : new Zones(prefixes).systemTops()) {
            rules.add(Rule.of(PathPattern.below(top), Right.READ));
        }
        return rules;
    }

    private static List<Rule> plus(List<Rule> rules, Rule... more) {
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(List.of(more));
        return all;
    }

    private static void add(Map<String, Role> roles, String name, Rights rights) {
        roles.put(name, new Role(name, rights));
    }

    /**
     * Reads the entry of a role, such as {@code {rules: [{at: "room.#", allow: [read, write]}]}}.
     *
     * @throws BadEntry if anything in it is not as expected: a role is never read in part
     */
    public static Role read(String name, Value entry) throws BadEntry {
        Object rules = Fields.of("role", entry).raw(RULES);
        if (!(rules instanceof List<?> list)) {
            throw new BadEntry(RULES, rules, "a list of rules");
        }
        List<Rule> read = new ArrayList<>();
        for (Object rule : list) {
            Fields fields = Fields.of("rule", Values.encode(rule));
            String at = fields.text(AT);
            if (at == null) {
                throw new BadEntry(AT, null, "a pattern such as room.#");
            }
            Set<Right> rights = EnumSet.noneOf(Right.class);
            try {
                fields.texts(ALLOW).forEach(word -> rights.add(Right.of(word)));
                read.add(new Rule(PathPattern.parse(at), rights));
            } catch (IllegalArgumentException e) {
                throw new BadEntry(String.valueOf(e.getMessage()));
            }
        }
        return new Role(name, Rights.of(read));
    }

    /** The entry that {@link #read} reads. */
    public Value encode() {
        return Values.encode(Map.of(
                RULES,
                rights.rules().stream()
                        .map(rule -> Map.of(
                                AT,
                                rule.pattern().toString(),
                                ALLOW,
                                rule.rights().stream().sorted().map(Right::word).toList()))
                        .collect(Collectors.toList())));
    }
}
