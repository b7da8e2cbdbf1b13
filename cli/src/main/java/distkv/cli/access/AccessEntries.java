package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.access.Role;
import distkv.access.Token;
import distkv.access.User;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.Suggestion;
import distkv.client.ConflictException;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The users, roles and tokens of a server, as they were read, and changes of them. */
final class AccessEntries {
    private static final int ATTEMPTS = 100;

    private final TreeClient tree;
    private final List<Entry> entries;

    private AccessEntries(TreeClient tree, List<Entry> entries) {
        this.tree = tree;
        this.entries = entries;
    }

    static AccessEntries read(TreeClient tree) throws InterruptedException {
        List<Entry> entries = new ArrayList<>(tree.client().internalTree(below(AccessTable.TOP)));
        entries.addAll(tree.client().internalTree(below(AccessTable.TOKEN_USE)));
        return new AccessEntries(tree, entries);
    }

    private static Path below(Path internal) {
        return internal.tail(1);
    }

    /** Reads one kind of entry. */
    private interface Reader<T> {
        T read(String name, Value value) throws BadEntry;
    }

    /** All readable entries whose paths end with a name. */
    private <T> Map<String, T> all(Function<String, Path> path, Reader<T> reader) {
        Map<String, T> found = new LinkedHashMap<>();
        for (Entry entry : entries) {
            Value value = entry.value();
            if (value != null
                    && entry.path().elements().getLast() instanceof String name
                    && entry.path().equals(below(path.apply(name)))) {
                try {
                    found.put(name, reader.read(name, value));
                } catch (BadEntry | IllegalArgumentException e) {
                    // The server ignores it, too, and has said so in its log.
                }
            }
        }
        return found;
    }

    List<User> users() {
        return all(AccessTable::user, User::read).values().stream()
                .sorted(Comparator.comparing(User::name))
                .toList();
    }

    User user(String name) {
        User found = all(AccessTable::user, User::read).get(name);
        if (found == null) {
            List<String> names = users().stream().map(User::name).toList();
            throw missing("user " + name, name, names);
        }
        return found;
    }

    /** The roles that somebody has defined, by name. */
    Map<String, Role> ownRoles() {
        return all(AccessTable::role, Role::read);
    }

    /** All roles, the built-in ones first. */
    Map<String, Role> roles() {
        Map<String, Role> roles = new LinkedHashMap<>(Role.builtIn(tree.config().prefixes()));
        ownRoles().forEach(roles::putIfAbsent);
        return roles;
    }

    /** Refuses a role that does not exist. */
    void checkRole(String name) {
        if (!roles().containsKey(name)) {
            throw missing("role " + name, name, List.copyOf(roles().keySet()));
        }
    }

    List<Token> tokens() {
        return all(AccessTable::token, Token::read).values().stream()
                .sorted(Comparator.comparing(Token::name).thenComparing(Token::id))
                .toList();
    }

    /** When and from where a token was last used: {@code at} and {@code from}; empty if nobody knows. */
    Map<?, ?> lastUse(String id) {
        for (Entry entry : entries) {
            Value value = entry.value();
            if (value != null
                    && entry.path().equals(below(AccessTable.tokenUse(id)))
                    && Values.decode(value) instanceof Map<?, ?> use) {
                return use;
            }
        }
        return Map.of();
    }

    static FailedException missing(String what, String given, List<String> names) {
        return new FailedException(what + ": there is none (expected: "
                        + (names.isEmpty() ? "one that exists" : String.join(", ", names)) + ")")
                .withHint(Suggestion.among(given, names).orElse(null));
    }

    /** Writes an entry that must not exist. */
    void add(Path path, Value value, String what) throws InterruptedException {
        try {
            tree.client().setInternal(below(path), value, Expectation.absent());
        } catch (ConflictException e) {
            throw new FailedException(what + ": exists already (expected: another name)", e);
        }
    }

    /** Writes an entry, or deletes it ({@code null}). */
    void put(Path path, @Nullable Value value) throws InterruptedException {
        tree.client().setInternal(below(path), value);
    }

    /** Changes a user, again if somebody else has changed it meanwhile. */
    static User change(TreeClient tree, String name, Function<User, User> edit) throws InterruptedException {
        ConflictException last = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            AccessEntries now = read(tree);
            User changed = edit.apply(now.user(name));
            Path path = AccessTable.user(name);
            Entry entry = now.entries.stream()
                    .filter(each -> each.path().equals(below(path)))
                    .findFirst()
                    .orElseThrow();
            try {
                tree.client().setInternal(below(path), changed.encode(entry.value()), Expectation.at(entry.tick()));
                return changed;
            } catch (ConflictException e) {
                last = e;
            }
        }
        throw new FailedException("user " + name + ": others change it all the time", Objects.requireNonNull(last));
    }
}
