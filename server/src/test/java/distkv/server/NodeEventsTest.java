package distkv.server;

import static distkv.server.WireClient.map;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.JoinCode;
import distkv.access.audit.AuditLine;
import distkv.access.audit.AuditReader;
import distkv.server.tls.Authority;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the audit log has about machines that join, and about nodes that want more than is theirs. */
@Timeout(60)
class NodeEventsTest {
    @TempDir
    Path directory;

    /** The lines without their times. */
    private List<String> log() throws IOException {
        List<String> texts = new ArrayList<>();
        try (AuditReader reader = new AuditReader(directory)) {
            for (List<AuditLine> some = reader.read(); !some.isEmpty(); some = reader.read()) {
                some.forEach(line -> texts.add(line.toText().replaceFirst("\\S+  ", "")));
            }
        }
        return texts;
    }

    private static String join(NodeFixture fixture, String secret) throws Exception {
        try (WireClient machine = fixture.connect(null)) {
            Map<String, Object> reply = machine.call(
                    "node_join",
                    "secret",
                    secret,
                    "pubkey",
                    Authority.newKey().getPublic().getEncoded());
            return String.valueOf(reply.get("error"));
        }
    }

    @Test
    void whoInvitesJoinsFailsToJoinAndRevokesIsRecorded() throws Exception {
        try (NodeFixture fixture = new NodeFixture(directory);
                WireClient owner = fixture.owner()) {
            Map<?, ?> made = (Map<?, ?>) WireClient.get(
                    owner.call("node_invite", "node", "attic", "ttl", 60, "address", "attic.example"), "result");
            String secret = JoinCode.parse(String.valueOf(made.get("code"))).credential();
            assertThat(join(fixture, secret)).isEqualTo("null");
            assertThat(join(fixture, secret)).contains("this code was used at ");
            owner.call("node_revoke", "node", "attic");
        }
        assertThat(log()).hasSize(5);
        assertThat(log().get(1)).startsWith("invite  token root  127.0.0.1  :n.access.node.attic  until 20");
        assertThat(log().get(2)).isEqualTo("join  node attic  127.0.0.1  :n.access.node.attic");
        assertThat(log().get(3)).startsWith("join-failed  -  127.0.0.1  -  this code was used at ");
        assertThat(log().get(4)).startsWith("revoke  token root  127.0.0.1  :n.access.node.attic  0 connections ended");
    }

    @Test
    void aNodeDoesNotHideBehindARunOfAnother() throws Exception {
        try (NodeFixture fixture = new NodeFixture(directory)) {
            fixture.join("attic", "default");
            List<Object> claim =
                    distkv.model.Path.parse(":.distkv.claim.any.default.heat").elements();
            List<Object> presence = distkv.model.Path.parse(":.distkv.presence.default.attic.any")
                    .elements();
            try (WireClient owner = fixture.owner();
                    WireClient attic = fixture.node("attic")) {
                attic.call("session", "ttl", 60);
                for (String holder : List.of("cellar", "attic")) {
                    Map<String, Object> held = owner.call("set_value", "path", claim, "value", map("node", holder));
                    assertThat(attic.call(
                                    "set_value",
                                    "path",
                                    presence,
                                    "value",
                                    map("node", "attic", "kind", "any"),
                                    "session",
                                    true,
                                    "guard",
                                    List.of(List.of(claim, held.get("tock")))))
                            .doesNotContainKey("error");
                    Object by = owner.call("get_value", "path", presence, "by", true)
                            .get("by");
                    assertThat(String.valueOf(by))
                            .startsWith(holder.equals("attic") ? "run any.default.heat@attic#" : "node attic");
                }
            }
        }
    }

    @Test
    void whatANodeIsDeniedIsRecordedWhateverItIsDeniedFor() throws Exception {
        try (NodeFixture fixture = new NodeFixture(directory)) {
            fixture.join("attic", "default");
            try (WireClient attic = fixture.node("attic")) {
                List<Object> claim = distkv.model.Path.parse(":.distkv.claim.any.default.heat")
                        .elements();
                assertThat(attic.call("set_value", "path", List.of("room"), "value", 1))
                        .containsEntry("etype", "access");
                // Here it has the right, but not for this.
                assertThat(attic.call("set_value", "path", claim, "value", map("node", "cellar"), "chain", null))
                        .containsEntry("etype", "access");
            }
        }
        assertThat(log())
                .endsWith(
                        "denied  node attic  127.0.0.1  room  no right to write",
                        "denied  node attic  127.0.0.1  :.distkv.claim.any.default.heat  another name in it,"
                                + " 'cellar' (expected: the node's own)");
    }
}
