package distkv.cli.ops;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.Shell;
import distkv.cli.ShellTest;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Write;
import distkv.protocol.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackupTest extends ShellTest {
    private String file;

    @BeforeEach
    void prepare() throws Exception {
        file = directory.resolve("house.backup").toString();
        shell.set(":", "root");
        shell.set("room.temp", 21.5);
        shell.set("room", Map.of("name", "Room", "list", List.of(1L, "two")));
        shell.set("a:1:t.b", null);
        for (int i = 0; i < 600; i++) {
            shell.set("many:" + i, (long) i);
        }
    }

    @Test
    void whatWasBackedUpComesBackIntoAnEmptyTree() throws IOException {
        assertThat(shell.run("backup", file).out()).startsWith("604 entries of node1 are in ");
        String before = shell.run("client", "data", "get", "-r", ":").out();
        try (Shell other = new Shell(directory)) {
            assertThat(other.run("restore", file).out()).startsWith("604 entries restored");
            assertThat(other.run("client", "data", "get", "-r", ":").out()).isEqualTo(before);
        }
    }

    @Test
    void whoHadWrittenAnEntryIsStillKnown() throws Exception {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", shell.port()))) {
            for (int i = 0; i < 6; i++) {
                Write write = Write.set(distkv.model.Path.of("by", i), Values.encode(1L), Expectation.anything());
                client.commit(Commit.of(write).from(new Origin(i % 4 < 2 ? "anna" : "run any.a.b@attic#4711")));
            }
        }
        String before = shell.run("client", "data", "list", "--by", "by").out();
        assertThat(before).contains("by: anna\n", "run any.a.b@attic#4711").doesNotContain("everybody");
        shell.run("backup", file);
        try (Shell other = new Shell(directory)) {
            other.run("restore", file);
            assertThat(other.run("client", "data", "list", "--by", "by").out()).isEqualTo(before);
        }
    }

    @Test
    void aTreeThatIsNotEmptyIsOnlyReplacedIfThatWasAskedFor() throws Exception {
        shell.run("backup", file);
        String before = shell.run("client", "data", "get", "-r", ":").out();
        shell.set("room.temp", 99L);
        shell.set("new", 1L);
        Shell.Result refused = shell.run("restore", file);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(2).contains("605 entries (expected: an empty tree)\nhint: --replace");
        assertThat(shell.run("restore", "--replace", file).out())
                .isEqualTo("604 entries restored, 2 of them changed\n");
        assertThat(shell.run("client", "data", "get", "-r", ":").out()).isEqualTo(before);
    }

    @Test
    void aDirectoryThatNoServerUsesWorksLikeAServer() {
        shell.run("backup", file);
        String data = directory.resolve("data").toString();
        String again = directory.resolve("again.backup").toString();
        assertThat(shell.run("restore", "--data", data, file).exit()).isZero();
        assertThat(shell.run("backup", "--data", data, again).out()).startsWith("604 entries of node1 are in ");
    }

    /** As README.md says it. */
    @Test
    void theSpaceOfDeletedEntriesComesBackByBackupAndRestore() throws Exception {
        Path data = directory.resolve("data");
        String small = directory.resolve("small.backup").toString();
        shell.run("backup", small);
        for (int i = 0; i < 50; i++) {
            shell.set("large:" + i, "x".repeat(40_000));
        }
        shell.run("backup", file);
        assertThat(shell.run("restore", "--data", data.toString(), file).exit()).isZero();
        assertThat(shell.run("restore", "--replace", "--data", data.toString(), small)
                        .exit())
                .isZero();
        assertThat(Files.size(data.resolve("store.db"))).isGreaterThan(50 * 40_000);
        assertThat(shell.run("backup", "--data", data.toString(), file).exit()).isZero();
        Files.move(data, directory.resolve("old"));
        assertThat(shell.run("restore", "--data", data.toString(), file).out()).startsWith("604 entries restored");
        assertThat(Files.size(data.resolve("store.db"))).isLessThan(500_000);
    }

    @Test
    void presenceAndClaimsAreLeftOut() throws Exception {
        shell.set(":.distkv.presence.default.a.any", 1L);
        shell.set(":.distkv.claim.any.default.job", 1L);
        shell.set(":.distkv.run.any.default.job", 1L);
        assertThat(shell.run("backup", file).out()).startsWith("605 entries");
    }

    @Test
    void aBackupThatIsCutOffOrDamagedIsRefusedBeforeAnythingIsWritten() throws IOException {
        shell.run("backup", file);
        byte[] whole = Files.readAllBytes(Path.of(file));
        try (Shell other = new Shell(directory)) {
            for (int length : new int[] {0, 5, 100, whole.length / 2, whole.length - 1, whole.length - 5}) {
                Files.write(Path.of(file), Arrays.copyOf(whole, length));
                Shell.Result result = other.run("restore", file);
                assertThat(result.exit()).as("cut after %d", length).isEqualTo(1);
                assertThat(result.err()).hasLineCount(1).contains(file);
            }
            assertThat(other.run("client", "data", "get", "-r", ":").out()).isEmpty();
        }
    }

    @Test
    void aBackupIsAlsoAListOfUpdates() throws IOException {
        shell.run("backup", file);
        try (Shell other = new Shell(directory)) {
            assertThat(other.run("client", "data", "update", "-i", file, "copy").out())
                    .isEqualTo("604 entries written\n");
            assertThat(other.run("client", "data", "get", "copy.room.temp").out())
                    .isEqualTo("21.5\n");
        }
    }

    @Test
    void aDirectoryWithoutAStoreIsRefusedAndNotMadeAndTheOldBackupStays() throws IOException {
        shell.run("backup", file);
        byte[] good = Files.readAllBytes(Path.of(file));
        Path missing = directory.resolve("missing");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        for (Path data : List.of(missing, empty)) {
            Shell.Result result = shell.run("backup", "--data", data.toString(), file);
            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.err()).hasLineCount(2).contains("data directory " + data + " holds no store (expected: ");
        }
        assertThat(missing).doesNotExist();
        assertThat(empty).isEmptyDirectory();
        assertThat(Path.of(file)).hasBinaryContent(good);
    }

    @Test
    void aByteThatWasChangedIsNoticedWhereverItIs() throws IOException {
        shell.run("backup", file);
        byte[] whole = Files.readAllBytes(Path.of(file));
        try (Shell other = new Shell(directory)) {
            for (int at = 0; at < whole.length; at += whole.length / 20) {
                byte[] broken = whole.clone();
                broken[at] ^= 1;
                Files.write(Path.of(file), broken);
                Shell.Result result = other.run("restore", file);
                assertThat(result.exit()).as("byte %d of %d", at, whole.length).isEqualTo(1);
                assertThat(result.err()).hasLineCount(1).contains(file);
            }
            assertThat(other.run("client", "data", "get", "-r", ":").out()).isEmpty();
        }
    }

    @Test
    void aBackupThatCannotBeWrittenLeavesTheOldOneAndNothingElse() throws IOException {
        shell.run("backup", file);
        byte[] good = Files.readAllBytes(Path.of(file));
        // The name that the copy has while it is made is taken by a directory that is not empty.
        Path part =
                Files.createDirectories(directory.resolve("house.backup.part").resolve("in the way"));
        Shell.Result result = shell.run("backup", file);
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).hasLineCount(1).contains(file + " cannot be written: ");
        assertThat(part).exists();
        assertThat(Path.of(file)).hasBinaryContent(good);
    }

    @Test
    void onlyItsOwnerCanReadIt() throws IOException {
        Files.createFile(
                Path.of(file), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        shell.run("backup", file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(file))))
                .isEqualTo("rw-------");
    }

    @Test
    void theInternalTreeIsInItAndComesBack() throws Exception {
        shell.setInternal("acl.house.room", "rwx");
        shell.setInternal("old.style", 1L);
        assertThat(shell.run("backup", file).out()).startsWith("606 entries of node1 are in ");
        try (Shell other = new Shell(directory)) {
            other.setInternal("stale", 1L);
            assertThat(other.run("restore", file).out()).startsWith("606 entries restored, 607 of them changed");
            assertThat(other.internal()).containsExactly("acl.house.room", "old.style");
            assertThat(other.run("restore", "--replace", file).out()).startsWith("606 entries restored, 0 of them");
        }
    }

    @Test
    void siblingsAreRestoredInTheOrderInWhichTheyWereCreated() throws Exception {
        for (String name : List.of("z.x", "c", "a.x", "b", "a", "c")) {
            shell.set("order." + name, 1L);
        }
        List<String> order = shell.createdBelow("order");
        assertThat(order).containsExactly("z.x", "c", "a", "a.x", "b");
        shell.run("backup", file);
        try (Shell other = new Shell(directory)) {
            other.run("restore", file);
            assertThat(other.createdBelow("order")).isEqualTo(order);
        }
    }
}
