package distkv.runner.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.runner.accept.AcceptedRevisions.AcceptedRevision;
import distkv.schema.sign.SignedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptedRevisionsTest {
    private static final SignedName SCALE = new SignedName("procedure", Path.of("demo", "scale", 2L));
    private static final SignedName UNITS = new SignedName("module", Path.of("demo", "scale", 2L));

    @TempDir
    java.nio.file.Path directory;

    private static AcceptedRevision revision(long number) {
        return new AcceptedRevision(number, new Bytes(new byte[] {(byte) number}));
    }

    @Test
    void whatWasAddedIsThereForTheNextRunner() throws IOException {
        java.nio.file.Path file = directory.resolve("new/accepted");
        assertThat(new AcceptedRevisions(file).load()).isEmpty();
        new AcceptedRevisions(file).add(Map.of(SCALE, revision(3), UNITS, revision(1)));
        assertThat(new AcceptedRevisions(file).load()).isEqualTo(Map.of(SCALE, revision(3), UNITS, revision(1)));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anotherRunnerOfTheNodeMayHaveAcceptedANewerOne() throws IOException {
        java.nio.file.Path file = directory.resolve("accepted");
        AcceptedRevisions one = new AcceptedRevisions(file);
        one.load();
        new AcceptedRevisions(file).add(Map.of(SCALE, revision(5)));
        assertThat(one.add(Map.of(SCALE, revision(4), UNITS, revision(1))))
                .isEqualTo(Map.of(SCALE, revision(5), UNITS, revision(1)));
    }

    @Test
    void whatACrashLeftOfTheNextFileIsNoObstacle() throws IOException {
        java.nio.file.Path file = directory.resolve("accepted");
        Files.writeString(directory.resolve("accepted.part"), "half");
        new AcceptedRevisions(file).add(Map.of(SCALE, revision(5)));
        assertThat(new AcceptedRevisions(file).load()).containsOnlyKeys(SCALE);
    }

    @Test
    void aBrokenFileIsNotTakenForNone() throws IOException {
        java.nio.file.Path file = directory.resolve("accepted");
        Files.writeString(file, "");
        assertThatThrownBy(new AcceptedRevisions(file)::load)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": not readable (expected: the revisions of code");
        Files.write(file, new byte[] {(byte) 0x91, 1});
        assertThatThrownBy(new AcceptedRevisions(file)::load).isInstanceOf(IOException.class);
    }
}
