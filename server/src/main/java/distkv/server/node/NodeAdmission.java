package distkv.server.node;

import distkv.access.AccessTable;
import distkv.access.Invitation;
import distkv.access.JoinCode;
import distkv.access.NodeAccount;
import distkv.access.Principal;
import distkv.model.Bytes;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Request;
import distkv.server.access.AccessControl;
import distkv.server.audit.AuditEvent;
import distkv.server.audit.AuditEvent.AuditAction;
import distkv.server.net.PeerIdentity;
import distkv.server.tls.Authority;
import distkv.server.tree.Snapshot;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How machines get their certificates: by an invitation, and later because they have one. */
final class NodeAdmission {
    /** What the secret of a request to join consists of: the id of an invitation, and its secret. */
    private static final Pattern CREDENTIAL = Pattern.compile("([0-9a-f]{12})_([0-9a-f]{32})");

    /** A word that a shell takes as it is. */
    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9._-]{1,255}(:\\d{1,5})?|\\[?[0-9A-Fa-f:.]{2,45}(]:\\d{1,5}|])?");

    /** For how long it is known what has become of an invitation, after it has expired. */
    private static final Duration KEPT = Duration.ofDays(7);

    private static final int MOST_INVITATIONS = 1_000;
    private static final int MOST_REMOVED = 100;
    /** The most certificates of a node that are good at a time: of several processes each may renew it. */
    private static final int MOST_CERTIFICATES = 8;

    private static final System.Logger LOG = System.getLogger(NodeAdmission.class.getName());

    private final NodeRecords records;
    private final AccessControl access;
    private final @Nullable Authority authority;
    private final ReachableAddress address;
    private final boolean tls;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    NodeAdmission(
            NodeRecords records,
            AccessControl access,
            @Nullable Authority authority,
            ReachableAddress address,
            boolean tls,
            InstantSource clock) {
        this.records = records;
        this.access = access;
        this.authority = authority;
        this.address = address;
        this.tls = tls;
        this.clock = clock;
    }

    private NodeOutcome.Failed noAuthority() {
        return new NodeOutcome.Failed(
                tls
                        ? "tls: with a certificate from files (expected: --tls auto, for an authority that can sign the"
                                + " certificates of nodes)"
                        : "tls: none (expected: --tls auto, since other machines join through TLS)",
                Etype.REFUSED);
    }

    /** Makes an invitation, and removes those that nobody needs to know of any more. */
    NodeOutcome invite(Request.InviteNode request, String by, PeerIdentity peer) {
        if (authority == null) {
            return noAuthority();
        }
        if (request.address() != null && !ADDRESS.matcher(request.address()).matches()) {
            return new NodeOutcome.Failed(
                    "address: '" + request.address().replaceAll("\\p{Cntrl}", "?") + "' (expected: HOST or HOST:PORT)",
                    Etype.REQUEST);
        }
        String where = request.address() == null ? address.own() : address.known(request.address());
        if (where == null) {
            return new NodeOutcome.Failed(
                    "address: the server listens on " + address.host() + " only, which no other machine reaches"
                            + " (expected: another address, or one of a tunnel)",
                    Etype.REFUSED);
        }
        double now = clock.millis() / 1e3;
        Invitation.Created created;
        try {
            created = Invitation.create(
                    request.name(),
                    request.groups(),
                    request.labels(),
                    now + request.life().toMillis() / 1e3,
                    by,
                    random);
        } catch (IllegalArgumentException e) {
            return new NodeOutcome.Failed(String.valueOf(e.getMessage()), Etype.REQUEST);
        }
        Invitation made = created.invitation();
        List<Write> writes = old(now);
        if (access.table().invitations().size() - writes.size() >= MOST_INVITATIONS) {
            return new NodeOutcome.Failed(
                    "invitations: " + MOST_INVITATIONS + " (expected: fewer, before there can be another; they are"
                            + " removed a week after they expire, and by 'distkv node revoke NAME')",
                    Etype.FULL);
        }
        writes.add(Write.set(AccessTable.invitation(made.id()), made.encode(), Expectation.absent()));
        NodeOutcome failed = records.commit(writes, by);
        if (failed != null) {
            return failed;
        }
        record(AuditAction.INVITE, by, peer, made.node(), "until " + time(made.expires()));
        NodeAccount known = access.table().findNode(made.node());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("code", new JoinCode(authority.fingerprint(), made.id(), created.secret()).toString());
        result.put("address", where);
        result.put("expires", made.expires());
        result.put("known", known != null && !known.revoked());
        return new NodeOutcome.Done(result);
    }

    /** Deletions of invitations that have expired long ago. */
    private List<Write> old(double now) {
        Snapshot snapshot = records.replica().snapshot();
        List<Write> writes = new ArrayList<>();
        for (Invitation invitation : access.table().invitations()) {
            Entry entry = snapshot.get(AccessTable.invitation(invitation.id()));
            if (entry != null && invitation.isExpired(now - KEPT.toSeconds()) && writes.size() < MOST_REMOVED) {
                // Whoever else deletes it does the same.
                writes.add(Write.delete(entry.path(), Expectation.anything()));
            }
        }
        return writes;
    }

    private void record(AuditAction action, String who, PeerIdentity from, String node, String result) {
        String path = node.isEmpty() ? "" : AccessTable.node(node).toString();
        access.audit().record(new AuditEvent(action, who, from.place(), path, result));
    }

    /** Lets a machine join. Attempts that fail are slowed like log-ins. */
    NodeOutcome join(Request.JoinAsNode request, PeerIdentity peer) {
        String from = "address " + peer.place();
        Duration delay = access.throttle().delay(from);
        if (delay.isPositive()) {
            return new NodeOutcome.Failed(
                    "too many failures from this address (expected: no attempt for " + (delay.toMillis() + 999) / 1000
                            + " s)",
                    Etype.REFUSED);
        }
        NodeOutcome outcome = join(request);
        if (outcome instanceof NodeOutcome.Done(Object result) && result instanceof Map<?, ?> issued) {
            String node = String.valueOf(issued.get("name"));
            record(AuditAction.JOIN, "node " + node, peer, node, "");
        } else if (outcome instanceof NodeOutcome.Failed failed && failed.etype() == Etype.ACCESS) {
            access.throttle().failed(from);
            record(AuditAction.JOIN_FAILED, "", peer, "", failed.text());
            LOG.log(System.Logger.Level.WARNING, "a machine at {0} could not join: {1}", peer.place(), failed.text());
        }
        return outcome;
    }

    private NodeOutcome join(Request.JoinAsNode request) {
        if (authority == null) {
            return noAuthority();
        }
        PublicKey key;
        try {
            key = NodeCertificates.key(request.publicKey().array());
        } catch (IllegalArgumentException e) {
            return new NodeOutcome.Failed(String.valueOf(e.getMessage()), Etype.REQUEST);
        }
        Matcher presented = CREDENTIAL.matcher(String.valueOf(request.secret().text()));
        if (!presented.matches()) {
            return unknown();
        }
        for (int attempt = 0; attempt < NodeService.ATTEMPTS; attempt++) {
            Snapshot now = records.replica().snapshot();
            NodeRecords.Found<Invitation> found = records.invitation(now, presented.group(1));
            if (found == null || !found.record().matches(presented.group(2))) {
                return unknown();
            }
            NodeOutcome outcome = join(authority, now, found, key);
            if (!(outcome instanceof NodeOutcome.Interfered)) {
                return outcome;
            }
        }
        return NodeRecords.busy("join");
    }

    private NodeOutcome join(Authority signing, Snapshot now, NodeRecords.Found<Invitation> found, PublicKey key) {
        Invitation invitation = found.record();
        NodeRecords.Found<NodeAccount> known = records.node(now, invitation.node());
        Invitation.Use use = invitation.use();
        if (use != null) {
            return again(signing, invitation, use, known == null ? null : known.record(), key);
        }
        Instant time = clock.instant();
        double seconds = time.toEpochMilli() / 1e3;
        if (invitation.isExpired(seconds)) {
            return refused("this code expired at " + time(invitation.expires()) + " (expected: one that is valid)");
        }
        X509Certificate certificate = NodeCertificates.sign(signing, invitation.node(), key, time);
        Bytes encoded = new Bytes(NodeCertificates.encoded(certificate));
        NodeAccount account = new NodeAccount(
                invitation.node(),
                Set.copyOf(invitation.groups()),
                Set.copyOf(invitation.labels()),
                Set.of(fingerprint(encoded)),
                seconds,
                invitation.by(),
                false,
                known == null ? NodeAccount.Reads.ALL : known.record().reads(),
                until(certificate));
        Write joined = known == null
                ? Write.set(AccessTable.node(account.name()), account.encode(null), Expectation.absent())
                : known.changedTo(account.encode(known.entry().value()));
        Write used = found.changedTo(invitation
                .usedBy(new Invitation.Use(seconds, new Bytes(key.getEncoded()), encoded))
                .encode());
        NodeOutcome failed = records.commit(List.of(joined, used), "node " + account.name());
        if (failed != null) {
            return failed;
        }
        // A machine that had this name before has it no more.
        access.recheck();
        return issued(signing, account, encoded);
    }

    /** The answer to a machine that has joined already, whose answer was lost; a refusal to all others. */
    private static NodeOutcome again(
            Authority signing, Invitation invitation, Invitation.Use use, @Nullable NodeAccount known, PublicKey key) {
        if (!use.key().equals(new Bytes(key.getEncoded()))) {
            return refused(
                    "this code was used at " + time(use.at()) + " (expected: a new one; each is for one machine)");
        } else if (known == null || !known.isKnownBy(fingerprint(use.certificate()))) {
            return refused("node " + invitation.node() + " was revoked, or has joined again, since this code was used"
                    + " (expected: a new one)");
        }
        return issued(signing, known, use.certificate());
    }

    /**
     * Gives a node that has a certificate the next one. The one that it shows stays good until it expires, as the answer may
     * be lost.
     */
    NodeOutcome renew(Request.RenewNode request, @Nullable Principal by, PeerIdentity peer) {
        if (!(by instanceof Principal.OfNode(String name))
                || !(peer instanceof PeerIdentity.Tls(var _, PeerIdentity.ClientCertificate shown))) {
            return refused("only a node that has joined can renew its certificate (expected: its certificate)");
        }
        if (authority == null) {
            return noAuthority();
        }
        PublicKey key;
        try {
            key = NodeCertificates.key(request.publicKey().array());
        } catch (IllegalArgumentException e) {
            return new NodeOutcome.Failed(String.valueOf(e.getMessage()), Etype.REQUEST);
        }
        X509Certificate certificate = NodeCertificates.sign(authority, name, key, clock.instant());
        Bytes encoded = new Bytes(NodeCertificates.encoded(certificate));
        for (int attempt = 0; attempt < NodeService.ATTEMPTS; attempt++) {
            NodeRecords.Found<NodeAccount> known =
                    records.node(records.replica().snapshot(), name);
            if (known == null || !known.record().isKnownBy(shown.fingerprint())) {
                return refused("node " + name + " was revoked (expected: 'distkv join' with a new code)");
            }
            Set<String> fingerprints = new LinkedHashSet<>(known.record().fingerprints());
            if (fingerprints.size() >= MOST_CERTIFICATES) {
                fingerprints = new LinkedHashSet<>(Set.of(shown.fingerprint()));
            }
            fingerprints.add(fingerprint(encoded));
            NodeAccount account = known.record().withCertificates(fingerprints, until(certificate));
            Write write = known.changedTo(account.encode(known.entry().value()));
            NodeOutcome failed = records.commit(List.of(write), "node " + name);
            if (failed == null) {
                return issued(authority, account, encoded);
            } else if (!(failed instanceof NodeOutcome.Interfered)) {
                return failed;
            }
        }
        return NodeRecords.busy("node " + name);
    }

    private static NodeOutcome issued(Authority signing, NodeAccount account, Bytes certificate) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", account.name());
        result.put("groups", List.copyOf(account.groups()));
        result.put("labels", List.copyOf(account.labels()));
        result.put("certificate", certificate.array());
        result.put("authority", NodeCertificates.encoded(signing.certificate()));
        return new NodeOutcome.Done(result);
    }

    private static NodeOutcome.Failed unknown() {
        return refused("there is no such code here (expected: one that this server has made)");
    }

    private static NodeOutcome.Failed refused(String why) {
        return new NodeOutcome.Failed(why, Etype.ACCESS);
    }

    private static String fingerprint(Bytes certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static double until(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant().toEpochMilli() / 1e3;
    }

    private static String time(double unix) {
        return Instant.ofEpochMilli(Math.round(unix * 1e3))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }
}
