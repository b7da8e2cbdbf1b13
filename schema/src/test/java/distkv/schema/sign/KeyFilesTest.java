package distkv.schema.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Path;
import distkv.schema.sign.TrustedKeys.TrustedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFilesTest {
    @TempDir
    java.nio.file.Path directory;

    private java.nio.file.Path file(String text) throws IOException {
        java.nio.file.Path file = directory.resolve("trusted");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    @Test
    void aKeyIsTheSameWhenItIsReadAgain() throws IOException {
        SigningKey key = SigningKey.create();
        java.nio.file.Path file = directory.resolve("key");
        key.write(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        SigningKey again = SigningKey.read(file);
        assertThat(again.verifyingKey()).isEqualTo(key.verifyingKey());
        byte[] message = "hello".getBytes(StandardCharsets.UTF_8);
        assertThat(key.verifyingKey().verifies(message, again.sign(message))).isTrue();
        VerifyingKey read = VerifyingKey.parse(key.verifyingKey().toString());
        assertThat(read).isEqualTo(key.verifyingKey());
        assertThat(read.id()).isEqualTo(key.verifyingKey().id()).hasSize(16);
        assertThat(read.verifies(message, key.sign(message))).isTrue();
    }

    @Test
    void aKeyOfRfc8032IsReadAsItIs() {
        VerifyingKey key = VerifyingKey.parse("ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        byte[] signature = java.util.HexFormat.of()
                .parseHex("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
        assertThat(key.verifies(new byte[0], signature)).isTrue();
        assertThat(key.verifies(new byte[1], signature)).isFalse();
    }

    @Test
    void anExistingKeyIsNotReplaced() throws IOException {
        java.nio.file.Path file = directory.resolve("key");
        SigningKey.create().write(file);
        assertThatThrownBy(() -> SigningKey.create().write(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aKeyThatOthersMayReadIsRefused() throws IOException {
        java.nio.file.Path file = directory.resolve("key");
        SigningKey.create().write(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> SigningKey.read(file))
                .hasMessage(file + ": mode rw-r----- (expected: rw-------, as 'chmod 600' makes it)");
    }

    @Test
    void whatIsNoSigningKeyIsRefused() throws Exception {
        java.nio.file.Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> SigningKey.read(missing))
                .hasMessage(missing + " cannot be read: there is no such file");
        java.nio.file.Path other = directory.resolve("other");
        distkv.protocol.tls.PemFile.write(
                other, KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate());
        assertThatThrownBy(() -> SigningKey.read(other))
                .hasMessage(other + ": a key for EC (expected: one for Ed25519, as 'distkv key create' makes it)");
    }

    @Test
    void linesSayWhatAKeyMaySign() throws IOException {
        VerifyingKey key = SigningKey.create().verifyingKey();
        TrustedKeys keys = TrustedKeys.read(file("# people\n\ndemo.house " + key + " anna b.\n: " + key + "\n"));
        assertThat(keys.withId(key.id()))
                .containsExactly(
                        new TrustedKey(Path.of("demo", "house"), key, "anna b."),
                        new TrustedKey(Path.ROOT, key, key.id()));
        assertThat(keys.withId("0000000000000000")).isEmpty();
    }

    @Test
    void wrongLinesAreNamed() throws IOException {
        java.nio.file.Path file = file("# x\ndemo\n");
        assertThatThrownBy(() -> TrustedKeys.read(file))
                .hasMessage(file + " line 2: demo (expected: PATH KEY NAME, with ':' for every path)");
        file("demo ed25519:AAAA anna\n");
        assertThatThrownBy(() -> TrustedKeys.read(file))
                .hasMessage(file + " line 1: ed25519:AAAA (expected: a key as 'distkv key show' prints it, ed25519:…)");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(() -> TrustedKeys.read(file))
                .hasMessage(file + ": mode rw-rw-r-- (expected: only its owner may write it, as 'chmod 644' makes it)");
        java.nio.file.Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> TrustedKeys.read(missing))
                .hasMessage(missing + ": there is no such file (expected: a line PATH KEY NAME for each key)");
    }
}
