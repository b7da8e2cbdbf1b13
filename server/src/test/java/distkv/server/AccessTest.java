package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.PasswordHash;
import distkv.access.Token;
import distkv.access.User;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-ins and rights, as clients see them. */
@Timeout(60)
class AccessTest {
    private static final String PASSWORD = "correct horse";
    private static final String HASH = PasswordHash.of(PasswordHash.digest(PASSWORD));

    private final MemoryStore store = new MemoryStore("tree");
    private ServerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        user("olga", new Grant("owner"));
        user("vera", new Grant("viewer"));
        user("emil", new Grant("editor", Path.of("room")));
        write(Path.of("room", "temp"), Values.encode(21L));
        fixture = new ServerFixture(ServerFixture.OPTIONS.open(false), store);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void user(String name, Grant... roles) {
        write(AccessTable.user(name), user(name, false, roles).encode(null));
    }

    private void write(Path path, Value value) {
        store.commit(Commit.of(Write.set(path, value, Expectation.anything()))).join();
    }

    /** Keeps a token through the server, so that who logs in next finds it. */
    private void keep(Token token) throws IOException {
        Object entry = Values.decode(token.encode());
        assertThat(as("olga").call("set_internal", "path", path("access", "token", token.id()), "value", entry))
                .containsEntry("changed", true);
    }

    /** Changes a user through the server, so that what is asked next sees it. */
    private void change(WireClient owner, User user) throws IOException {
        Object entry = Values.decode(user.encode(null));
        assertThat(owner.call("set_internal", "path", path("access", "user", user.name()), "value", entry))
                .containsEntry("changed", true);
    }

    private static User user(String name, boolean disabled, Grant... roles) {
        return new User(name, List.of(roles), HASH, disabled);
    }

    private WireClient as(String user) throws IOException {
        WireClient wire = fixture.wire();
        assertThat(logIn(wire, "typ", "password", "ident", user, "password", PASSWORD))
                .isNull();
        return wire;
    }

    /** Logs in; returns the error, or {@code null}. */
    private static @Nullable String logIn(WireClient wire, @Nullable Object... pairs) throws IOException {
        List<Map<String, Object>> stream = wire.readStream(wire.ask("auth", pairs));
        return stream.stream()
                .filter(message -> message.containsKey("error"))
                .map(message -> String.valueOf(message.get("error")))
                .findFirst()
                .orElse(null);
    }

    private static void assertDenied(Map<String, Object> reply, String words) {
        assertThat(reply).containsEntry("etype", "access");
        assertThat(String.valueOf(reply.get("error"))).contains(words);
    }

    @Test
    void theGreetingNamesTheMethodsAndNothingWorksBeforeALogIn() throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.greeting).containsEntry("auth", List.of("password", "token"));
        assertDenied(wire.call("get_value", "path", path("room", "temp")), "not logged in");
        assertThat(wire.socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aPasswordLogsIn() throws IOException {
        WireClient wire = as("olga");
        assertThat(wire.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        assertThat(wire.call("auth_info").get("result"))
                .isEqualTo(map("name", "olga", "all", true, "rules", List.of()));
    }

    @Test
    void aWrongPasswordAndAnUnknownUserAreRefusedAlike() throws IOException {
        WireClient wire = fixture.wire();
        String wrong = logIn(wire, "typ", "password", "ident", "olga", "password", "wrong");
        String unknown = logIn(wire, "typ", "password", "ident", "nobody", "password", PASSWORD);
        assertThat(wrong).isEqualTo("AuthFailedError('User or password is wrong', 'olga')");
        assertThat(unknown).isEqualTo("AuthFailedError('User or password is wrong', 'nobody')");
        assertThat(logIn(wire, "typ", "password", "ident", "olga", "password", PASSWORD))
                .isNull();
    }

    @Test
    void aDisabledUserCannotLogInAndOneThatIsDisabledLaterCanDoNothing() throws IOException {
        WireClient wire = as("vera");
        change(as("olga"), user("vera", true, new Grant("viewer")));
        assertDenied(wire.call("get_value", "path", path("room", "temp")), "vera may not read room.temp");
        assertThat(logIn(fixture.wire(), "typ", "password", "ident", "vera", "password", PASSWORD))
                .contains("AuthFailedError");
    }

    @Test
    void afterFiveFailuresTheNextLogInOfThatUserWaits() throws IOException {
        WireClient wire = fixture.wire();
        for (int i = 0; i < 5; i++) {
            assertThat(logIn(wire, "typ", "password", "ident", "olga", "password", "wrong"))
                    .contains("AuthFailedError");
        }
        List<Map<String, Object>> stream =
                wire.readStream(wire.ask("auth", "typ", "password", "ident", "olga", "password", PASSWORD));
        assertThat(stream.get(1)).containsEntry("etype", "refused");
        assertThat(String.valueOf(stream.get(1).get("error")))
                .contains("too many failures")
                .contains("expected: no attempt for 1 s");
    }

    @Test
    void aRightTokenIsNotSlowedByWrongOnesNorByWrongPasswords() throws IOException {
        Token.Created token = Token.create("ci", List.of(new Grant("viewer")), 0, "olga", new SecureRandom());
        keep(token.token());
        WireClient wire = fixture.wire();
        for (int i = 0; i < 5; i++) {
            assertThat(logIn(wire, "typ", "token", "token", "dkv_00_" + i)).contains("unknown or revoked");
            assertThat(logIn(wire, "typ", "password", "ident", "olga", "password", "wrong"))
                    .contains("AuthFailedError");
        }
        assertThat(logIn(wire, "typ", "token", "token", "dkv_00_5")).contains("too many failures");
        assertThat(logIn(wire, "typ", "token", "token", token.secret())).isNull();
    }

    /** They are sent at once, on many connections; the other user comes from another address of this machine. */
    @Test
    void aThousandWrongPasswordsFromOneAddressDoNotKeepAnotherUserOut() throws IOException {
        WireClient vera = as("vera");
        List<WireClient> attackers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            WireClient attacker = fixture.wireFrom("127.0.0.2");
            attackers.add(attacker);
            for (int j = 0; j < 50; j++) {
                attacker.ask("auth", "typ", "password", "ident", "user" + i, "password", "wrong");
            }
        }
        as("olga");
        assertThat(vera.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        int checked = 0;
        for (WireClient attacker : attackers) {
            checked += checked(attacker, 50);
        }
        // Five, and one more for each second, then for each two, four, … that this machine needs for the others.
        assertThat(checked).isBetween(5, 12);
        as("olga");
    }

    /** How many of so many wrong passwords were looked at; a busy server may end the connection before it has answered. */
    private static int checked(WireClient attacker, int attempts) throws IOException {
        int checked = 0;
        for (int answers = 0; answers < attempts; ) {
            Map<String, Object> message = attacker.readOrEnd();
            if (message == null) {
                return checked;
            }
            String error = String.valueOf(message.get("error"));
            if (error.contains("no log-in within")) {
                return checked;
            }
            if (message.containsKey("error")) {
                answers++;
                assertThat(error).containsAnyOf("AuthFailedError", "too many failures");
                checked += error.contains("AuthFailedError") ? 1 : 0;
            }
        }
        return checked;
    }

    /** Does what the original's client does: Diffie-Hellman, then a NaCl secret box with the digest. */
    @Test
    void theOriginalsWayToSendAPasswordWorks() throws IOException {
        BigInteger prime = new BigInteger(
                "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
                        + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                        + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
                        + "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                        + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
                        + "15728E5A8AACAA68FFFFFFFFFFFFFFFF",
                16);
        WireClient wire = fixture.wire();
        SecureRandom random = new SecureRandom();
        BigInteger secret = new BigInteger(512, random);
        byte[] theirs = (byte[]) wire.call(
                        "diffie_hellman",
                        "pubkey",
                        BigInteger.TWO.modPow(secret, prime).toByteArray(),
                        "length",
                        1024)
                .get("pubkey");
        byte[] shared = unsigned(new BigInteger(1, theirs).modPow(secret, prime));
        byte[] box = box(Arrays.copyOf(shared, 32), PasswordHash.digest(PASSWORD), random);
        byte[] altered = box.clone();
        altered[60] ^= 1;
        assertThat(logIn(wire, "typ", "password", "ident", "olga", "password", altered))
                .contains("AuthFailedError");
        assertThat(logIn(wire, "typ", "password", "ident", "olga", "password", box))
                .isNull();
        assertThat(wire.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    private static byte[] box(byte[] key, byte[] content, SecureRandom random) {
        byte[] nonce = new byte[24];
        random.nextBytes(nonce);
        XSalsa20Engine cipher = new XSalsa20Engine();
        cipher.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] macKey = new byte[32];
        cipher.processBytes(macKey, 0, 32, macKey, 0);
        byte[] box = new byte[24 + 16 + content.length];
        System.arraycopy(nonce, 0, box, 0, 24);
        cipher.processBytes(content, 0, content.length, box, 40);
        Poly1305 poly1305 = new Poly1305();
        poly1305.init(new KeyParameter(macKey));
        poly1305.update(box, 40, content.length);
        poly1305.doFinal(box, 24);
        return box;
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "01", ""})
    void aPublicKeyThatIsNoneIsRefused(String hex) throws IOException {
        byte[] key = java.util.HexFormat.of().parseHex(hex);
        WireClient wire = fixture.wire();
        assertThat(wire.call("diffie_hellman", "pubkey", key, "length", 1024)).containsEntry("etype", "request");
    }

    @Test
    void aTokenLogsInUntilItExpires() throws IOException {
        double now = System.currentTimeMillis() / 1e3;
        Token.Created good = Token.create("ci", List.of(new Grant("viewer")), now + 3600, "olga", new SecureRandom());
        Token.Created late = Token.create("ci", List.of(new Grant("viewer")), now - 1, "olga", new SecureRandom());
        keep(good.token());
        keep(late.token());
        WireClient wire = fixture.wire();
        assertThat(logIn(wire, "typ", "token", "token", late.secret()))
                .contains("token ci: expired at ")
                .contains("(expected: one that is valid, or a clock that is right)");
        assertThat(logIn(wire, "typ", "token", "token", good.secret() + "x")).contains("token: unknown or revoked");
        assertThat(logIn(wire, "typ", "token", "token", late.secret() + "x")).contains("token: unknown or revoked");
        assertThat(logIn(wire, "typ", "token", "token", good.secret())).isNull();
        assertThat(wire.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        assertDenied(
                wire.call("set_value", "path", path("room", "temp"), "value", 1), "token ci may not write room.temp");
    }

    @Test
    void aTokenThatExpiresWhileItIsInUseAllowsNothingMore() throws IOException {
        Token.Created created = Token.create("ci", List.of(new Grant("viewer")), 0, "olga", new SecureRandom());
        keep(created.token());
        WireClient wire = fixture.wire();
        assertThat(logIn(wire, "typ", "token", "token", created.secret())).isNull();
        assertThat(wire.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        Token token = created.token();
        Token late = new Token(token.id(), token.name(), token.roles(), token.hash(), 1, "olga");
        as("olga")
                .call(
                        "set_internal",
                        "path",
                        path("access", "token", created.token().id()),
                        "value",
                        Values.decode(late.encode()));
        for (int i = 0; i < 3; i++) {
            assertDenied(wire.call("get_value", "path", path("room", "temp")), "token ci may not read room.temp");
        }
    }

    @Test
    void everybodyMayDoOnlyWhatTheirRolesAllow() throws IOException {
        WireClient viewer = as("vera");
        assertThat(viewer.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        assertDenied(
                viewer.call("set_value", "path", path("room", "temp"), "value", 22),
                "access: vera may not write room.temp (expected: the right write there)");
        assertDenied(viewer.call("get_internal", "path", path("access", "user", "olga")), "vera may not admin");
        WireClient editor = as("emil");
        assertThat(editor.call("set_value", "path", path("room", "temp"), "value", 22))
                .containsEntry("changed", true);
        assertDenied(editor.call("set_value", "path", path("hall"), "value", 22), "emil may not write hall");
        assertDenied(editor.refused("get_tree", "path", path()), "emil may not read #");
        assertDenied(
                editor.call("set_internal", "path", path("access", "user", "emil"), "value", map("roles", List.of())),
                "emil may not admin");
        assertThat(as("olga").call("get_value", "path", path("room", "temp"))).containsEntry("value", 22L);
    }

    @Test
    void theReplyToAWriteTellsNothingToWhoCannotRead() throws IOException {
        WireClient owner = as("olga");
        owner.call(
                "set_internal",
                "path",
                path("access", "role", "sensor"),
                "value",
                map("rules", List.of(map("at", "room.#", "allow", List.of("write")))));
        change(owner, user("vera", false, new Grant("sensor")));
        WireClient sensor = as("vera");
        for (Object value : List.of(21, 22)) {
            assertThat(sensor.call("set_value", "path", path("room", "temp"), "value", value))
                    .containsEntry("changed", true)
                    .doesNotContainKey("prev");
        }
        assertThat(sensor.call("delete_value", "path", path("room", "temp")))
                .containsEntry("changed", true)
                .doesNotContainKey("prev");
        assertThat(owner.call("set_value", "path", path("room", "temp"), "value", 1))
                .doesNotContainKey("prev");
        assertThat(owner.call("set_value", "path", path("room", "temp"), "value", 2))
                .containsEntry("prev", 1L);
    }

    @Test
    void testAclTellsTheTruth() throws IOException {
        WireClient editor = as("emil");
        assertThat(editor.call("test_acl", "path", path("room", "x"))).containsEntry("access", "rxewdcn");
        assertThat(editor.call("test_acl", "path", path("room", "x"), "mode", "w"))
                .containsEntry("access", true);
        assertThat(editor.call("test_acl", "path", path("hall"), "mode", "w")).containsEntry("access", false);
        assertThat(editor.call("test_acl", "path", path("hall"))).containsEntry("access", false);
        assertThat(as("olga").call("test_acl", "path", path("hall"))).containsEntry("access", true);
    }

    @Test
    void aRightThatIsTakenAwayEndsTheWatchesThatHadIt() throws IOException {
        WireClient wire = as("vera");
        long hall = wire.ask("watch", "path", path("hall"), "fetch", false);
        assertThat(wire.read()).containsEntry("state", "start");
        long room = wire.ask("watch", "path", path("room"), "fetch", false);
        assertThat(wire.read()).containsEntry("state", "start");
        WireClient owner = as("olga");
        change(owner, user("vera", false, new Grant("viewer", Path.of("hall"))));
        Map<String, Object> ended = wire.read();
        assertThat(ended).containsEntry("seq", room);
        assertDenied(ended, "vera may not read room.#");
        assertThat(wire.read()).containsEntry("seq", room).containsEntry("state", "end");
        owner.call("set_value", "path", path("room", "temp"), "value", 1);
        owner.call("set_value", "path", path("hall", "temp"), "value", 2);
        assertThat(wire.read()).containsEntry("seq", hall).containsEntry("value", 2L);
    }

    @Test
    void anEntryThatCannotBeReadIsRefused() throws IOException {
        WireClient owner = as("olga");
        assertThat(owner.call("set_internal", "path", path("access", "user", "emil"), "value", map("roles", "owner")))
                .containsEntry("etype", "refused")
                .containsEntry("error", ":n.access.user.emil: roles: owner (expected: a list of roles)");
    }

    @Test
    void anEntryThatCannotBeReadGivesNoRights() throws IOException {
        WireClient wire = as("emil");
        write(AccessTable.user("emil"), Values.encode(map("roles", "owner")));
        WireClient owner = as("olga");
        owner.call("set_internal", "path", path("other"), "value", 1);
        assertDenied(wire.call("get_value", "path", path("room", "temp")), "emil may not read room.temp");
    }

    @Test
    void theLastOwnerStays() throws IOException {
        WireClient owner = as("olga");
        assertThat(owner.call("delete_internal", "path", path("access", "user", "olga")))
                .containsEntry("etype", "refused");
        Object editor = Values.decode(user("olga", false, new Grant("editor")).encode(null));
        assertThat(String.valueOf(owner.call("set_internal", "path", path("access", "user", "olga"), "value", editor)
                        .get("error")))
                .contains("no owner would be left");
        change(owner, user("oskar", false, new Grant("owner")));
        assertThat(owner.call("delete_internal", "path", path("access", "user", "oskar")))
                .containsEntry("changed", true);
        change(owner, user("oskar", false, new Grant("owner")));
        assertThat(owner.call("delete_internal", "path", path("access", "user", "olga")))
                .containsEntry("changed", true);
        assertDenied(owner.call("get_value", "path", path("room", "temp")), "olga may not read");
    }

    @Test
    void anotherClientIsLetInByACode() throws IOException {
        WireClient wire = fixture.wire();
        Map<?, ?> asked = (Map<?, ?>) WireClient.get(wire.call("auth_code", "client", "laptop\u0007"), "result");
        String code = String.valueOf(asked.get("code"));
        String secret = String.valueOf(asked.get("secret"));
        assertThat(asked.get("ttl")).isEqualTo(600L);
        assertThat(logIn(wire, "typ", "code", "token", secret)).contains("code: not approved yet");
        assertThat(logIn(wire, "typ", "code", "token", code)).contains("code: refused, used or older");
        WireClient vera = as("vera");
        assertThat(vera.call(
                                "auth_approve",
                                "code",
                                code.toLowerCase(Locale.ROOT).replace("-", ""))
                        .get("result"))
                .isEqualTo(map("address", "127.0.0.1", "client", "laptop?", "ident", "vera"));
        assertDenied(vera.call("auth_approve", "code", code, "ident", "olga", "approved", true), "vera may not admin");
        change(as("olga"), user("emil", true, new Grant("viewer")));
        for (String nobody : List.of("nobody", "emil")) {
            assertThat(as("olga").call("auth_approve", "code", code, "ident", nobody, "approved", true))
                    .containsEntry("etype", "request");
        }
        assertThat(logIn(wire, "typ", "code", "token", secret)).contains("code: not approved yet");
        assertThat(vera.call("auth_approve", "code", code, "approved", true)).containsKey("result");
        assertThat(vera.call("auth_approve", "code", code, "approved", true)).containsEntry("etype", "notfound");
        assertThat(logIn(wire, "typ", "code", "token", secret)).isNull();
        assertThat(String.valueOf(wire.call("auth_info").get("result"))).contains("name=vera");
        assertThat(logIn(fixture.wire(), "typ", "code", "token", secret)).contains("code: refused, used or older");
    }

    @Test
    void whoGuessesCodesIsSlowedAndProgramsApproveNone() throws IOException {
        WireClient vera = as("vera");
        for (int i = 0; i < 5; i++) {
            assertThat(vera.call("auth_approve", "code", "BBBB-BBBB")).containsEntry("etype", "notfound");
        }
        assertThat(vera.call("auth_approve", "code", "BBBB-BBBB")).containsEntry("etype", "refused");
        assertThat(as("emil").call("auth_approve", "code", "BBBB-BBBB")).containsEntry("etype", "notfound");
        Token.Created token = Token.create("ci", List.of(new Grant("owner")), 0, "olga", new SecureRandom());
        keep(token.token());
        WireClient program = fixture.wire();
        assertThat(logIn(program, "typ", "token", "token", token.secret())).isNull();
        assertDenied(program.call("auth_approve", "code", "BBBB-BBBB"), "only users can approve one");
    }

    @Test
    void aUserChangesThePasswordThatHeKnows() throws IOException {
        WireClient vera = as("vera");
        assertDenied(
                vera.call("auth_password", "password", "wrong", "new", "better"),
                "password: wrong (expected: the present one of user vera)");
        assertThat(vera.call("auth_password", "password", PASSWORD, "new", "")).containsEntry("etype", "request");
        Object before = rolesOf("vera");
        assertThat(vera.call("auth_password", "password", PASSWORD, "new", "better"))
                .containsEntry("changed", true)
                .doesNotContainKeys("prev", "value", "chain");
        assertThat(rolesOf("vera")).isEqualTo(before);
        assertThat(logIn(fixture.wire(), "typ", "password", "ident", "vera", "password", PASSWORD))
                .contains("User or password is wrong");
        assertThat(logIn(fixture.wire(), "typ", "password", "ident", "vera", "password", "better"))
                .isNull();
        Token.Created token = Token.create("ci", List.of(new Grant("owner")), 0, "olga", new SecureRandom());
        keep(token.token());
        WireClient program = fixture.wire();
        assertThat(logIn(program, "typ", "token", "token", token.secret())).isNull();
        assertDenied(program.call("auth_password", "password", "better", "new", "x"), "only users have one");
        // Whoever has found somebody logged in guesses no faster than anybody else.
        for (int i = 0; i < 5; i++) {
            assertThat(vera.call("auth_password", "password", "wrong", "new", "x"))
                    .containsEntry("etype", "access");
        }
        assertThat(vera.call("auth_password", "password", "better", "new", "x")).containsEntry("etype", "refused");
    }

    private @Nullable Object rolesOf(String user) throws IOException {
        Map<String, Object> reply = as("olga").call("get_internal", "path", path("access", "user", user));
        return ((Map<?, ?>) WireClient.get(reply, "value")).get("roles");
    }

    @Test
    void tokensOfUsersThatHaveExpiredGoWhenAnotherIsKept() throws IOException {
        double now = System.currentTimeMillis() / 1e3;
        Token.Created old = Token.create("old", List.of(), now + 3600, "vera", new SecureRandom());
        String hash = old.token().hash();
        keep(Token.of("vera", old.token().id(), "old", hash, now - 1));
        keep(Token.of("vera", "0123456789ab", "good", hash, now + 60));
        keep(new Token("0123456789cd", "program", List.of(new Grant("viewer")), hash, now - 1, "olga"));
        write(AccessTable.tokenUse(old.token().id()), Values.encode(map("at", now, "from", "here")));
        write(AccessTable.tokenUse("0123456789ab"), Values.encode(map("at", now, "from", "here")));
        write(AccessTable.tokenUse("00000000ffff"), Values.encode(map("at", now, "from", "here")));
        WireClient olga = as("olga");
        // The server has seen what is in the store when it has answered this.
        olga.call("set_value", "path", path("a"), "value", 1);
        WireClient vera = as("vera");
        assertThat(vera.call("auth_token", "id", "00112233aabb", "name", "new", "hash", hash, "expires", now + 60))
                .containsEntry("changed", true);
        assertThat(names(olga, path("access", "token")))
                .containsExactlyInAnyOrder("0123456789ab", "0123456789cd", "00112233aabb");
        assertThat(names(olga, path("token_use"))).containsExactly("0123456789ab");
    }

    private static List<String> names(WireClient wire, List<Object> path) throws IOException {
        List<?> found =
                (List<?>) WireClient.get(wire.call("enum_internal", "path", path, "with_data", false), "result");
        return found.stream().map(String::valueOf).toList();
    }

    @Test
    void whoeverFailsIsSlowedAsThatUserEverywhereAndThereAsAnybody() throws IOException {
        WireClient far = fixture.wireFrom("127.0.0.2");
        for (int i = 0; i < 5; i++) {
            assertThat(logIn(far, "typ", "password", "ident", "vera", "password", "wrong"))
                    .contains("wrong");
        }
        for (String address : List.of("127.0.0.1", "127.0.0.2")) {
            assertThat(logIn(fixture.wireFrom(address), "typ", "password", "ident", "vera", "password", PASSWORD))
                    .as(address)
                    .contains("too many failures");
        }
        assertThat(logIn(fixture.wireFrom("127.0.0.2"), "typ", "password", "ident", "emil", "password", PASSWORD))
                .contains("too many failures");
        assertThat(logIn(fixture.wire(), "typ", "password", "ident", "emil", "password", PASSWORD))
                .isNull();
    }

    @Test
    void aUserKeepsATokenAndIsNoMoreThanThatUserByIt() throws IOException {
        double soon = System.currentTimeMillis() / 1e3 + 3600;
        Token.Created made = Token.create("laptop", List.of(), soon, "vera", new SecureRandom());
        String id = made.token().id();
        String hash = made.token().hash();
        WireClient vera = as("vera");
        assertThat(vera.call("auth_token", "id", id, "name", "laptop", "hash", hash, "expires", soon))
                .containsEntry("changed", true);
        assertThat(vera.call("auth_token", "id", id, "name", "laptop", "hash", hash, "expires", soon))
                .containsEntry("etype", "chain");
        WireClient wire = fixture.wire();
        assertThat(logIn(wire, "typ", "token", "token", made.secret())).isNull();
        assertThat(String.valueOf(wire.call("auth_info").get("result"))).contains("name=vera");
        assertDenied(wire.call("set_value", "path", path("a"), "value", 1), "vera may not write a");
        assertDenied(
                wire.call("auth_token", "id", "00112233aabb", "name", "x", "hash", hash, "expires", soon),
                "not by another token");
        assertDenied(as("emil").call("auth_token", "id", id), "not a token of yours");
        Object used =
                as("olga").call("get_internal", "path", path("token_use", id)).get("value");
        assertThat(String.valueOf(used)).contains("from=127.0.0.1");
        change(as("olga"), user("vera", true, new Grant("viewer")));
        assertDenied(wire.call("get_value", "path", path("room", "temp")), "vera may not read room.temp");
        change(as("olga"), user("vera", false, new Grant("viewer")));
        assertThat(wire.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        // Neither as one that has expired nor as somebody else's does it allow anything more.
        for (Token other : List.of(
                Token.of("vera", id, "laptop", hash, 1_700_000_000), Token.of("olga", id, "laptop", hash, soon))) {
            keep(other);
            assertDenied(wire.call("get_value", "path", path("room", "temp")), "vera may not read room.temp");
        }
        keep(Token.of("vera", id, "laptop", hash, soon));
        assertThat(wire.call("get_value", "path", path("room", "temp"))).containsEntry("value", 21L);
        assertThat(wire.call("auth_token", "id", id)).containsEntry("changed", true);
        assertDenied(wire.call("get_value", "path", path("room", "temp")), "vera may not read room.temp");
        assertThat(logIn(fixture.wire(), "typ", "token", "token", made.secret()))
                .contains("unknown or revoked");
    }

    @Test
    void nobodyFillsTheMemoryWithSessions() throws IOException {
        WireClient vera = as("vera");
        for (int i = 0; i < 1_000; i++) {
            assertThat(vera.call("session", "ttl", 3_600)).doesNotContainKey("error");
        }
        // On another connection as well; others have their own.
        for (WireClient again : List.of(vera, as("vera"))) {
            Map<String, Object> refused = again.call("session", "ttl", 3_600);
            assertThat(refused).containsEntry("etype", "full");
            assertThat(String.valueOf(refused.get("error")))
                    .startsWith("session: vera has 1000 (expected: fewer, before there can be another");
        }
        WireClient emil = as("emil");
        assertThat(emil.call("session", "ttl", 3_600)).doesNotContainKey("error");
        assertThat(vera.call("session_end")).doesNotContainKey("error");
        assertThat(as("vera").call("session", "ttl", 3_600)).doesNotContainKey("error");
    }

    @Test
    void rolesCanBeDefined() throws IOException {
        WireClient owner = as("olga");
        owner.call(
                "set_internal",
                "path",
                path("access", "role", "janitor"),
                "value",
                map("rules", List.of(map("at", "room.+.light", "allow", List.of("read", "write")))));
        change(owner, user("vera", false, new Grant("janitor")));
        WireClient wire = as("vera");
        assertThat(wire.call("set_value", "path", path("room", "a", "light"), "value", true))
                .containsEntry("changed", true);
        assertDenied(wire.call("set_value", "path", path("room", "a", "temp"), "value", 1), "may not write");
        assertThat(wire.call("auth_info").get("result"))
                .isEqualTo(map("name", "vera", "all", false, "rules", List.of("read, write at room.+.light")));
    }

    @Test
    void otherMachinesCanConnectOnlyIfSomebodyCanLogIn() throws IOException {
        ServerOptions everywhere =
                ServerFixture.OPTIONS.open(false).at("0.0.0.0", 0).inPlaintext();
        MemoryStore empty = new MemoryStore("tree");
        assertThatThrownBy(() -> Server.start(everywhere, empty))
                .isInstanceOf(NobodyCanLogInException.class)
                .hasMessageContaining("nobody could log in (expected: ");
        empty.commit(Commit.of(Write.set(
                        AccessTable.user("olga"),
                        user("olga", false, new Grant("viewer")).encode(null),
                        Expectation.anything())))
                .join();
        Server.start(everywhere, empty).close();
    }

    @Test
    void anOpenServerAsksNobody() throws IOException {
        try (ServerFixture open = new ServerFixture(ServerFixture.OPTIONS, new MemoryStore("tree"))) {
            WireClient wire = open.wire();
            assertThat(wire.greeting).doesNotContainKey("auth");
            assertThat(wire.call("set_value", "path", path("a"), "value", 1)).containsEntry("changed", true);
        }
    }
}
