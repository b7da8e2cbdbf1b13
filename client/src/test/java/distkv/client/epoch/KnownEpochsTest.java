package distkv.client.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.protocol.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of the epochs of trees. */
class KnownEpochsTest {
    @TempDir
    private Path directory;

    private static Reply.Standing standing(String tree, long epoch) {
        return new Reply.Standing(tree, epoch, tree + ":" + epoch, null);
    }

    private Path file() {
        return directory.resolve("config").resolve("epochs");
    }

    @Test
    void aServerOfAnOlderEpochIsRecognizedByThisProcessAndOthers() {
        KnownEpochs known = new KnownEpochs(file());
        assertThat(known.newerThan(standing("a", 1))).isNull();
        assertThat(known.newerThan(standing("a", 3))).isNull();
        assertThat(known.newerThan(standing("a", 2))).isEqualTo(new KnownEpochs.Seen(3, "a:3"));
        assertThat(known.newerThan(standing("b", 2))).isNull();
        assertThat(new KnownEpochs(file()).newerThan(standing("a", 1))).isEqualTo(new KnownEpochs.Seen(3, "a:3"));
    }

    @Test
    void thereIsNoFileAsLongAsAllTreesAreInTheirFirstEpoch() {
        new KnownEpochs(file()).newerThan(standing("a", 1));
        assertThat(file()).doesNotExist();
    }

    @Test
    void whatAnotherProcessHasSeenCountsAtOnce() {
        KnownEpochs one = new KnownEpochs(file());
        one.newerThan(standing("a", 1));
        new KnownEpochs(file()).newerThan(standing("a", 2));
        assertThat(one.newerThan(standing("a", 1))).isEqualTo(new KnownEpochs.Seen(2, "a:2"));
    }

    @Test
    void aFileThatCannotBeUsedDoesNoHarm() throws Exception {
        Files.writeString(directory.resolve("config"), "not a directory");
        KnownEpochs known = new KnownEpochs(file());
        assertThat(known.newerThan(standing("a", 2))).isNull();
        assertThat(known.newerThan(standing("a", 1))).isEqualTo(new KnownEpochs.Seen(2, "a:2"));
        Files.delete(directory.resolve("config"));
        Files.createDirectories(directory.resolve("config"));
        Files.writeString(file(), "garbage\na x y\n\na 99999999999999999999 z\n");
        assertThat(new KnownEpochs(file()).newerThan(standing("a", 1))).isNull();
    }
}
