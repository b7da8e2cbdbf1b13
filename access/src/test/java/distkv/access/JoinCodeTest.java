package distkv.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Bytes;
import distkv.protocol.tls.Fingerprint;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Invitations, and the codes that tell of them. */
class JoinCodeTest {
    private static final Fingerprint AUTHORITY = Fingerprint.parse("0123456789abcdef".repeat(4));

    private static Invitation.Created create(double expires) {
        return Invitation.create("attic", List.of("house"), List.of("gpio"), expires, "anna", new SecureRandom());
    }

    @Test
    void aCodeIsReadAsItWasWritten() {
        Invitation.Created created = create(5);
        JoinCode code = new JoinCode(AUTHORITY, created.invitation().id(), created.secret());
        assertThat(JoinCode.parse(code.toString())).isEqualTo(code);
        assertThat(JoinCode.parse("  " + code + "\n")).isEqualTo(code);
        // A code is one word for a shell, and no option of a command.
        assertThat(code.toString()).matches("A[A-Za-z0-9_-]{79}");
    }

    @Test
    void aCodeThatWasAlteredIsRefused() {
        Invitation.Created created = create(5);
        String code = new JoinCode(AUTHORITY, created.invitation().id(), created.secret()).toString();
        for (int at = 0; at < code.length(); at++) {
            char other = code.charAt(at) == 'B' ? 'C' : 'B';
            String altered = code.substring(0, at) + other + code.substring(at + 1);
            assertThatThrownBy(() -> JoinCode.parse(altered))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("code: incomplete or altered (expected: ");
        }
        for (String wrong :
                List.of("", "A", code.substring(1), code.substring(0, code.length() - 1), code + code, "ü")) {
            assertThatThrownBy(() -> JoinCode.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anInvitationIsReadAsItWasWritten() throws Exception {
        Invitation unused = create(5).invitation();
        Invitation used = unused.usedBy(new Invitation.Use(4, new Bytes(new byte[] {1}), new Bytes(new byte[] {2})));
        assertThat(Invitation.read(unused.id(), unused.encode())).isEqualTo(unused);
        assertThat(Invitation.read(used.id(), used.encode())).isEqualTo(used);
    }

    @Test
    void onlyItsSecretFitsAnInvitationAndThatIsNotStored() {
        Invitation.Created created = create(5);
        assertThat(created.invitation().matches(created.secret())).isTrue();
        assertThat(created.invitation().matches(create(5).secret())).isFalse();
        assertThat(created.invitation().encode().toString()).doesNotContain(created.secret());
    }

    @Test
    void anInvitationIsForATime() {
        assertThat(create(5).invitation().isExpired(4.9)).isFalse();
        assertThat(create(5).invitation().isExpired(5)).isTrue();
    }

    @Test
    void namesThatDoNotFitIntoALineAreRefused() {
        for (String wrong : List.of("", "a b", "a,b", "a\nb", "+", "#", "x".repeat(65))) {
            assertThatThrownBy(
                            () -> Invitation.create("attic", List.of(wrong), List.of(), 5, "anna", new SecureRandom()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("group: '");
            assertThatThrownBy(() -> Invitation.create(wrong, List.of(), List.of(), 5, "anna", new SecureRandom()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("name: '");
        }
    }
}
