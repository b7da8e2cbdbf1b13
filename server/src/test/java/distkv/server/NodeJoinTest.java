package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Invitation;
import distkv.access.JoinCode;
import distkv.server.tls.Authority;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How machines are invited and join, message by message. */
@Timeout(60)
class NodeJoinTest {
    @TempDir
    Path directory;

    private NodeFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new NodeFixture(directory);
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static byte[] key() {
        return Authority.newKey().getPublic().getEncoded();
    }

    /** Invites a node; returns what a machine has to say to join. */
    private String invite(String name) throws Exception {
        try (WireClient owner = fixture.owner()) {
            Map<String, Object> reply = owner.call(
                    "node_invite", "node", name, "groups", List.of("house"), "ttl", 60, "address", "attic.example");
            Map<?, ?> made = (Map<?, ?>) WireClient.get(reply, "result");
            assertThat(made.get("address")).isEqualTo("attic.example:" + fixture.fixture.server.port());
            return JoinCode.parse(String.valueOf(made.get("code"))).credential();
        }
    }

    private Map<String, Object> join(String secret, byte[] key) throws Exception {
        try (WireClient machine = fixture.connect(null)) {
            return machine.call("node_join", "secret", secret, "pubkey", key);
        }
    }

    private static byte @Nullable [] certificate(Map<String, Object> reply) {
        return reply.get("result") instanceof Map<?, ?> result ? (byte[]) result.get("certificate") : null;
    }

    private static void assertRefused(Map<String, Object> reply, String words) {
        assertThat(reply).containsEntry("etype", "access");
        assertThat(String.valueOf(reply.get("error"))).contains(words);
    }

    @Test
    void aLostAnswerIsGivenAgainToTheSameKeyOnly() throws Exception {
        String secret = invite("attic");
        byte[] key = key();
        byte[] first = Objects.requireNonNull(certificate(join(secret, key)));
        assertThat(certificate(join(secret, key))).isEqualTo(first);
        assertRefused(join(secret, key()), "this code was used at ");
    }

    @Test
    void theMachineBeforeGetsNoAnswerAgainAfterAnotherHasJoined() throws Exception {
        String first = invite("attic");
        byte[] key = key();
        assertThat(certificate(join(first, key))).isNotNull();
        assertThat(certificate(join(invite("attic"), key()))).isNotNull();
        assertRefused(join(first, key), "was revoked, or has joined again, since this code was used");
    }

    /** Whether there is a node of that name already, so that only the invitation tells whether it was used. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofManyWhoJoinAtOnceOneDoes(boolean known) throws Exception {
        if (known) {
            fixture.join("attic", "house");
        }
        String secret = invite("attic");
        CountDownLatch ready = new CountDownLatch(1);
        List<Future<Map<String, Object>>> replies = new ArrayList<>();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < 4; i++) {
                WireClient machine = fixture.connect(null);
                Callable<Map<String, Object>> joining = () -> {
                    try (machine) {
                        ready.await();
                        return machine.call("node_join", "secret", secret, "pubkey", key());
                    }
                };
                replies.add(threads.submit(joining));
            }
            ready.countDown();
        }
        int joined = 0;
        for (Future<Map<String, Object>> reply : replies) {
            if (certificate(reply.get()) == null) {
                assertRefused(reply.get(), "this code was used at ");
            } else {
                joined++;
            }
        }
        assertThat(joined).isEqualTo(1);
    }

    @Test
    void anInvitationSurvivesARestartOfTheServerAndIsUsedOnceAllTheSame() throws Exception {
        String secret = invite("attic");
        fixture.restart();
        byte[] key = key();
        byte[] first = Objects.requireNonNull(certificate(join(secret, key)));
        fixture.restart();
        assertRefused(join(secret, key()), "this code was used at ");
        assertThat(certificate(join(secret, key))).isEqualTo(first);
    }

    @Test
    void anInvitationThatHasExpiredIsRefused() throws Exception {
        Invitation.Created late =
                Invitation.create("attic", List.of("house"), List.of(), 1_700_000_000, "anna", new SecureRandom());
        Invitation invitation = late.invitation();
        fixture.write(AccessTable.invitation(invitation.id()), invitation.encode());
        // A request that the server has answered after the write was made sees it.
        try (WireClient owner = fixture.owner()) {
            owner.call("set_value", "path", List.of("a"), "value", 1);
        }
        assertRefused(join(invitation.id() + "_" + late.secret(), key()), "this code expired at 2023-11-14T22:13:20Z");
    }

    @Test
    void whatIsNoCodeOrNoKeyIsRefused() throws Exception {
        String secret = invite("attic");
        for (String wrong : List.of("", "x", secret.substring(1), "0".repeat(12) + "_" + "0".repeat(32))) {
            assertRefused(join(wrong, key()), "there is no such code here");
        }
        KeyPairGenerator other = KeyPairGenerator.getInstance("EC");
        other.initialize(384);
        KeyPair large = other.generateKeyPair();
        for (byte[] wrong :
                List.of(new byte[0], new byte[] {1}, large.getPublic().getEncoded())) {
            assertThat(join(secret, wrong)).containsEntry("etype", "request");
        }
    }

    @Test
    void whoGuessesIsSlowed() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertRefused(join("0".repeat(12) + "_" + "0".repeat(32), key()), "there is no such code here");
        }
        assertThat(String.valueOf(
                        join("0".repeat(12) + "_" + "0".repeat(32), key()).get("error")))
                .contains("too many failures from this address (expected: no attempt for ");
    }

    @Test
    void onlyWhoMayDoEverythingInvitesListsAndRevokes() throws Exception {
        fixture.join("attic", "house");
        try (WireClient node = fixture.node("attic")) {
            assertRefused(node.call("node_invite", "node", "x", "ttl", 60, "address", "a"), "may not admin");
            assertRefused(node.call("node_list"), "may not admin");
            assertRefused(node.call("node_revoke", "node", "attic"), "may not admin");
        }
    }

    @Test
    void aNodeRenewsItsCertificateForAnyKeyAndOthersDoNot() throws Exception {
        NodeFixture.Credentials known = fixture.join("attic", "house");
        byte[] key = key();
        try (WireClient node = fixture.node("attic")) {
            assertThat(certificate(node.call("node_renew", "pubkey", key))).isNotNull();
        }
        // The one that was shown is still good.
        try (WireClient node = fixture.connect(known)) {
            assertThat(certificate(node.call(
                            "node_renew", "pubkey", known.key().getPublic().getEncoded())))
                    .isNotNull();
        }
        try (WireClient owner = fixture.owner()) {
            assertRefused(owner.call("node_renew", "pubkey", key), "only a node that has joined can renew");
        }
    }

    @Test
    void anotherMachineOfTheSameNameReplacesTheOneBefore() throws Exception {
        fixture.join("attic", "house");
        try (WireClient before = fixture.node("attic")) {
            assertThat(certificate(join(invite("attic"), key()))).isNotNull();
            before.readWhere(message -> String.valueOf(message.get("error")).contains("revoked"));
        }
    }
}
