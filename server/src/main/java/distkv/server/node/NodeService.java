package distkv.server.node;

import distkv.access.AccessTable;
import distkv.access.Invitation;
import distkv.access.NodeAccount;
import distkv.access.Principal;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.server.access.AccessControl;
import distkv.server.audit.AuditEvent;
import distkv.server.audit.AuditEvent.AuditAction;
import distkv.server.net.PeerIdentity;
import distkv.server.tls.Authority;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers the requests about nodes. All of them may wait. */
public final class NodeService {
    /** How often something is tried again that others have interfered with. */
    static final int ATTEMPTS = 20;

    /** The most invitations that are ended together with their node. */
    private static final int MOST_INVITATIONS = 200;

    private final NodeRecords records;
    private final NodeAdmission admission;
    private final NodeSightings sightings;
    private final AccessControl access;
    private final Replica replica;
    private final InstantSource clock = InstantSource.system();

    /**
     * @param authority that signs the certificates of nodes; {@code null} if the server has none of its own
     * @param address by which other machines reach the server
     * @param tls whether there is TLS at all
     */
    public NodeService(
            Store store,
            Replica replica,
            AccessControl access,
            @Nullable Authority authority,
            ReachableAddress address,
            boolean tls) {
        this.access = access;
        this.replica = replica;
        this.records = new NodeRecords(store, replica);
        this.sightings = new NodeSightings(store, replica, clock);
        this.admission = new NodeAdmission(records, access, authority, address, tls, clock);
    }

    /** Somebody has connected, or is about to be gone. */
    public void note(@Nullable Principal principal) {
        if (principal instanceof Principal.OfNode(String name)) {
            sightings.note(name);
        }
    }

    /**
     * Answers a request.
     *
     * @param by who asks; {@code null} if nobody has logged in
     */
    public Reply answer(Request.OfNodes request, @Nullable Principal by, PeerIdentity peer, long tock) {
        NodeOutcome outcome = outcome(request, by, peer);
        Seq seq = request.seq();
        long now = Math.max(tock, replica.snapshot().tock());
        return switch (outcome) {
            case NodeOutcome.Done(Object result) -> new Reply.Result(seq, Values.encode(result), now);
            case NodeOutcome.Failed(String text, Etype etype) -> new Reply.Failed(seq, text, etype, now);
            case NodeOutcome.Interfered() -> throw new IllegalStateException(request.toString());
        };
    }

    private NodeOutcome outcome(Request.OfNodes request, @Nullable Principal by, PeerIdentity peer) {
        return switch (request) {
            case Request.InviteNode invite -> admission.invite(invite, label(by), peer);
            case Request.JoinAsNode join -> admission.join(join, peer);
            case Request.RenewNode renew -> admission.renew(renew, by, peer);
            case Request.ListNodes _ -> new NodeOutcome.Done(list());
            case Request.RevokeNode(var _, String name) -> revoke(name, label(by), peer);
        };
    }

    private static String label(@Nullable Principal by) {
        return by == null ? "" : by.label();
    }

    private NodeOutcome revoke(String name, String by, PeerIdentity peer) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Snapshot now = replica.snapshot();
            List<Write> writes = new ArrayList<>();
            for (Invitation open : access.table().invitations()) {
                Entry entry = now.get(AccessTable.invitation(open.id()));
                if (open.node().equals(name) && entry != null && writes.size() < MOST_INVITATIONS) {
                    writes.add(Write.delete(entry.path(), Expectation.at(entry.tick())));
                }
            }
            NodeRecords.Found<NodeAccount> node = records.node(now, name);
            if (node == null && writes.isEmpty()) {
                return new NodeOutcome.Failed(
                        "node " + name + ": has neither joined nor been invited (expected: one that"
                                + " 'distkv node list' shows)",
                        Etype.NOTFOUND);
            }
            if (node != null) {
                writes.add(node.changedTo(
                        node.record().revoke().encode(node.entry().value())));
            }
            NodeOutcome failed = records.commit(writes, by);
            if (failed == null) {
                int connections = access.connectionsOf(name);
                access.recheck();
                access.audit()
                        .record(new AuditEvent(
                                AuditAction.REVOKE,
                                by,
                                peer.place(),
                                AccessTable.node(name).toString(),
                                connections + " connections ended"));
                return new NodeOutcome.Done(Map.of("connections", connections));
            } else if (!(failed instanceof NodeOutcome.Interfered)) {
                return failed;
            }
        }
        return NodeRecords.busy("node " + name);
    }

    private List<Object> list() {
        AccessTable table = access.table();
        List<Object> all = new ArrayList<>();
        table.nodes().stream().sorted(Comparator.comparing(NodeAccount::name)).forEach(node -> all.add(shown(node)));
        double now = clock.millis() / 1e3;
        table.invitations().stream()
                .filter(open -> open.use() == null && !open.isExpired(now))
                .sorted(Comparator.comparing(Invitation::node))
                .forEach(open -> all.add(shown(open)));
        return all;
    }

    private Map<String, Object> shown(NodeAccount node) {
        Map<String, Object> map = new LinkedHashMap<>();
        int connections = access.connectionsOf(node.name());
        map.put("name", node.name());
        map.put("state", node.revoked() ? "revoked" : connections > 0 ? "connected" : "away");
        map.put("groups", List.copyOf(node.groups()));
        map.put("labels", List.copyOf(node.labels()));
        map.put("joined", node.joined());
        map.put("by", node.by());
        map.put("seen", sightings.last(node.name()));
        map.put("connections", connections);
        map.put("until", node.until());
        return map;
    }

    private static Map<String, Object> shown(Invitation open) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", open.node());
        map.put("state", "invited");
        map.put("groups", open.groups());
        map.put("labels", open.labels());
        map.put("by", open.by());
        map.put("until", open.expires());
        return map;
    }
}
