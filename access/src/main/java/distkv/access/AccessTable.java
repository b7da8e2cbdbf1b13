package distkv.access;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.BadEntry;
import distkv.schema.Prefixes;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The users, tokens, nodes and roles at one revision. Entries that cannot be read count as absent, so that a fault in one never
 * gives anybody more rights.
 */
public final class AccessTable {
    /** Where the entries are: {@code role}, {@code user}, {@code token}, {@code node} and {@code invite}, then the name. */
    public static final Path TOP = Zones.INTERNAL.child("access");

    /** Where the last use of tokens is noted, by id: not among them, since it changes nobody's rights. */
    public static final Path TOKEN_USE = Zones.INTERNAL.child("token_use");

    private static final String ROLE = "role";
    private static final String USER = "user";
    private static final String TOKEN = "token";
    private static final String NODE = "node";
    private static final String INVITE = "invite";
    private static final String EXPECTED = "expected: role, user, token, node or invite, and a name below it";

    private final Prefixes prefixes;
    private final Map<String, Role> roles;
    private final Map<String, User> users = new HashMap<>();
    private final Map<String, Token> tokens = new HashMap<>();
    private final Map<String, NodeAccount> nodes = new HashMap<>();
    private final Map<String, Invitation> invitations = new HashMap<>();

    private AccessTable(Prefixes prefixes) {
        this.prefixes = prefixes;
        this.roles = new HashMap<>(Role.builtIn(prefixes));
    }

    /**
     * Reads the table.
     *
     * @param entries those at and below {@link #TOP}
     * @param faults is told of each that cannot be read
     */
    public static AccessTable of(Prefixes prefixes, Iterable<Entry> entries, Consumer<String> faults) {
        AccessTable table = new AccessTable(prefixes);
        for (Entry entry : entries) {
            Value value = entry.value();
            List<Object> below = entry.path().below(TOP).elements();
            if (value == null || below.isEmpty()) {
                continue;
            }
            try {
                table.add(below, value);
            } catch (BadEntry | IllegalArgumentException e) {
                faults.accept(entry.path() + ": " + e.getMessage());
            }
        }
        return table;
    }

    private void add(List<Object> below, Value value) throws BadEntry {
        if (below.size() != 2 || !(below.get(1) instanceof String name)) {
            throw new BadEntry(EXPECTED);
        }
        switch (String.valueOf(below.getFirst())) {
            case ROLE -> {
                Role role = Role.read(name, value);
                if (roles.putIfAbsent(name, role) != null) {
                    throw new BadEntry("role " + name + ": is built in (expected: another name)");
                }
            }
            case USER -> users.put(name, User.read(name, value));
            case TOKEN -> tokens.put(name, Token.read(name, value));
            case NODE -> nodes.put(name, NodeAccount.read(name, value));
            case INVITE -> invitations.put(name, Invitation.read(name, value));
            default -> throw new BadEntry(EXPECTED);
        }
    }

    public static Path role(String name) {
        return TOP.child(ROLE).child(name);
    }

    public static Path user(String name) {
        return TOP.child(USER).child(name);
    }

    public static Path token(String id) {
        return TOP.child(TOKEN).child(id);
    }

    public static Path tokenUse(String id) {
        return TOKEN_USE.child(id);
    }

    public static Path node(String name) {
        return TOP.child(NODE).child(name);
    }

    public static Path invitation(String id) {
        return TOP.child(INVITE).child(id);
    }

    /** The user with this name; {@code null} if there is none. */
    public @Nullable User findUser(String name) {
        return users.get(name);
    }

    /** The token with this id; {@code null} if there is none. */
    public @Nullable Token findToken(String id) {
        return tokens.get(id);
    }

    /** All tokens, those that have expired included. */
    public Collection<Token> tokens() {
        return Collections.unmodifiableCollection(tokens.values());
    }

    /** The only token with this name; {@code null} if there is none, or more than one. */
    public @Nullable Token findTokenByName(String name) {
        List<Token> named = tokens.values().stream()
                .filter(token -> token.user() == null && token.name().equals(name))
                .toList();
        return named.size() == 1 ? named.getFirst() : null;
    }

    /** The node with this name, revoked or not; {@code null} if there is none. */
    public @Nullable NodeAccount findNode(String name) {
        return nodes.get(name);
    }

    /** All nodes, those that are revoked included. */
    public Collection<NodeAccount> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /** All invitations, those that were used or have expired included. */
    public Collection<Invitation> invitations() {
        return Collections.unmodifiableCollection(invitations.values());
    }

    /** The name of a user who can log in and may do everything, the first by name; {@code null} if there is none. */
    public @Nullable String owner() {
        return users.values().stream()
                .filter(user -> !user.disabled()
                        && user.password() != null
                        && rights(user.roles()).isAll())
                .map(User::name)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Whether there is a user with a password, a node, or a token that is valid at this unix time. */
    public boolean canAnybodyLogIn(double now) {
        return users.values().stream().anyMatch(user -> !user.disabled() && user.password() != null)
                || nodes.values().stream().anyMatch(node -> !node.revoked())
                || tokens.values().stream().anyMatch(token -> !token.isExpired(now));
    }

    /** What these grants allow. A role that does not exist allows nothing. */
    public Rights rights(List<Grant> grants) {
        Rights rights = Rights.NONE;
        for (Grant grant : grants) {
            Role role = roles.get(grant.role());
            if (role != null) {
                rights = rights.or(role.rights().within(grant.within()));
            }
        }
        return rights;
    }

    /**
     * What a node may do, were it not for what its entries hold.
     *
     * @param rooted makes the whole topic of what a client sends as one
     */
    public Rights rights(NodeAccount node, UnaryOperator<List<String>> rooted) {
        return node.revoked() ? Rights.NONE : NodeRole.rights(node, prefixes, rooted);
    }
}
