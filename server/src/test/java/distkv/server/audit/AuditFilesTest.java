package distkv.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import distkv.access.audit.AuditLine;
import distkv.access.audit.AuditReader;
import distkv.server.LogLines;
import distkv.server.audit.AuditEvent.AuditAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFilesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-12-01T04:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path data;

    private final AtomicLong nanos = new AtomicLong();

    private Path file() {
        return data.resolve(AuditReader.DIRECTORY).resolve(AuditReader.FILE);
    }

    private AuditFiles open(long maxBytes, int files) {
        return new AuditFiles(new RotatedFile(file(), maxBytes, files), CLOCK, nanos::get);
    }

    private static AuditEvent code(String path) {
        return new AuditEvent(AuditAction.CODE, "anna", "10.0.0.7", path, "written, tick 256");
    }

    private List<AuditLine> read() throws IOException {
        try (AuditReader reader = new AuditReader(data)) {
            List<AuditLine> all = new ArrayList<>();
            for (List<AuditLine> some = reader.read(); !some.isEmpty(); some = reader.read()) {
                all.addAll(some);
            }
            return all;
        }
    }

    private List<String> paths() throws IOException {
        return read().stream().map(AuditLine::path).toList();
    }

    @Test
    void anEventIsALineThatOnlyTheOwnerCanRead() throws IOException {
        try (AuditFiles log = open(1_000, 3)) {
            log.record(code("demo.x"));
            log.record(new AuditEvent(AuditAction.LOG_IN, "anna", "10.0.0.7", "", "by password"));
        }
        assertThat(Files.readString(file()))
                .isEqualTo("{\"time\": \"2026-12-01T04:00:00.000Z\", \"action\": \"code\", \"who\": \"anna\", \"from\":"
                        + " \"10.0.0.7\", \"path\": \"demo.x\", \"result\": \"written, tick 256\"}\n"
                        + "{\"time\": \"2026-12-01T04:00:00.000Z\", \"action\": \"log-in\", \"who\": \"anna\", \"from\":"
                        + " \"10.0.0.7\", \"result\": \"by password\"}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().getParent())))
                .isEqualTo("rwx------");
        assertThat(read().getFirst().toText())
                .isEqualTo("2026-12-01T04:00:00.000Z  code  anna  10.0.0.7  demo.x  written, tick 256");
        assertThat(read().getLast().toText())
                .isEqualTo("2026-12-01T04:00:00.000Z  log-in  anna  10.0.0.7  -  by password");
    }

    @Test
    void aFileThatIsFullIsFollowedByAnotherAndTheOldestGoes() throws IOException {
        List<String> all = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            // Each is written at once, so that what goes into a file does not depend on the time.
            try (AuditFiles log = open(400, 3)) {
                log.record(code("demo." + round));
                log.record(code("demo.again"));
            }
            all.add("demo." + round);
            all.add("demo.again");
        }
        assertThat(paths()).isEqualTo(all.subList(14, 20));
        try (var files = Files.list(file().getParent())) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("audit.log", "audit.log.1", "audit.log.2");
        }
    }

    @Test
    void aReaderGoesOnWhereTheFileIsReplaced() throws IOException {
        open(150, 4).close();
        try (AuditReader reader = new AuditReader(data)) {
            assertThat(reader.read()).isEmpty();
            List<String> read = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                try (AuditFiles log = open(150, 4)) {
                    log.record(code("demo." + i));
                }
                if (i == 0) {
                    reader.read().forEach(line -> read.add(line.path()));
                }
            }
            for (List<AuditLine> some = reader.read(); !some.isEmpty(); some = reader.read()) {
                some.forEach(line -> read.add(line.path()));
            }
            assertThat(read).containsExactly("demo.0", "demo.1", "demo.2");
        }
    }

    @Test
    void aLineThatAKilledServerLeftUnfinishedIsLeftOut() throws IOException {
        try (AuditFiles log = open(10_000, 3)) {
            log.record(code("demo.a"));
            log.record(code("demo.b"));
        }
        byte[] whole = Files.readAllBytes(file());
        for (int cut = whole.length - 1; cut > whole.length / 2; cut--) {
            Files.write(file(), java.util.Arrays.copyOf(whole, cut));
            assertThat(paths()).containsExactly("demo.a");
            try (AuditFiles log = open(10_000, 3)) {
                log.record(code("demo.c"));
            }
            // If only the end of the line was missing, it is whole now.
            assertThat(paths()).containsSubsequence("demo.a", "demo.c").hasSize(cut == whole.length - 1 ? 3 : 2);
        }
    }

    @Test
    void onAFullDiskTheServerGoesOnAndTheLogSaysWhatIsMissing() throws Exception {
        Files.createDirectory(file().getParent());
        Files.createSymbolicLink(file(), Path.of("/dev/full"));
        try (LogLines lines = new LogLines(AuditFiles.class.getName());
                AuditFiles log = open(10_000, 3)) {
            log.record(code("demo.a"));
            await().until(() -> lines.lines().size() == 1);
            assertThat(lines.lines().getFirst())
                    .startsWith("the audit log cannot be written, and events are lost: ")
                    .contains("No space left on device");
            Files.delete(file());
            await().until(() -> {
                log.record(code("demo.c"));
                return Files.exists(file()) && !paths().isEmpty();
            });
            assertThat(read().getFirst().result()).matches("\\d+ events before this one were lost");
            assertThat(paths()).doesNotContain("demo.a");
            await().until(() -> lines.lines().size() == 2);
            assertThat(lines.lines().getLast()).isEqualTo("the audit log is written again");
        }
    }

    @Test
    void hostileNamesStayInTheirLine() throws IOException {
        AuditEvent hostile = new AuditEvent(
                AuditAction.LOG_IN_FAILED,
                "anna\", \"action\": \"log-in\n{\"time\": \"",
                "\u001b[2J\u202eevil\ud800\u0000\\",
                "x".repeat(64 << 10),
                "ü😀");
        try (AuditFiles log = open(100_000, 3)) {
            log.record(hostile);
        }
        assertThat(Files.readAllLines(file())).hasSize(1);
        assertThat(Files.readString(file()))
                .hasSizeLessThan(2_000)
                .matches("[^\\x00-\\x09\\x0B-\\x1F\\x7F\u202e]*")
                .contains("ü😀");
        AuditLine line = read().getFirst();
        assertThat(line.who()).isEqualTo(hostile.who());
        assertThat(line.from()).isEqualTo(hostile.from());
        assertThat(line.path()).hasSize(1_001).endsWith("x…");
        assertThat(line.toText()).doesNotContain("\n", "\u001b", "\u202e").contains("\\u001b[2J");
    }

    @Test
    void whoeverIsDeniedEverythingCannotFillTheLog() throws IOException {
        try (AuditFiles log = open(1 << 20, 3)) {
            for (int i = 0; i < 1_000; i++) {
                log.record(new AuditEvent(AuditAction.LOG_IN_FAILED, "user" + i, "10.0.0.7", "", "wrong password"));
            }
            log.record(code("demo.x"));
            for (int i = 0; i < 1_000; i++) {
                log.record(new AuditEvent(AuditAction.LOG_IN_FAILED, "anna", "10.0.1." + i, "", "wrong password"));
            }
            log.record(code("demo.y"));
        }
        List<AuditLine> lines = read();
        assertThat(paths()).contains("demo.x", "demo.y");
        assertThat(lines)
                .filteredOn(
                        line -> line.from().equals("10.0.0.7") && !line.action().equals("code"))
                .hasSize(EventLimit.EACH + 1);
        assertThat(lines).hasSize(EventLimit.ALL + 4);
        assertThat(lines)
                .extracting(AuditLine::result)
                .contains("980 more within a minute", "720 more within a minute of others");
    }

    @Test
    void tenThousandDenialsASecondDoNotFillTheDisk() throws IOException {
        int maxBytes = 64 << 10;
        AuditEvent denied =
                new AuditEvent(AuditAction.DENIED, "vera", "10.0.0.7", "x".repeat(900), "no right to write");
        try (AuditFiles log = open(maxBytes, 3)) {
            for (int minute = 0; minute < 240; minute++) {
                for (int i = 0; i < 10_000; i++) {
                    log.record(denied);
                }
                nanos.addAndGet(EventLimit.MINUTE_NANOS);
                // Of these there are as many as there are; the writer hears of the time that has passed.
                log.record(code("demo." + minute));
            }
        }
        try (var files = Files.list(file().getParent())) {
            List<Path> all = files.toList();
            assertThat(all).hasSizeLessThanOrEqualTo(3);
            // A file may be longer by what was written at once.
            assertThat(all).allMatch(path -> path.toFile().length() <= maxBytes + AuditFiles.CHUNK);
        }
        assertThat(paths()).last().isIn("demo.239", "");
        assertThat(paths()).contains("demo.239").doesNotContain("demo.0");
    }

    @Test
    void afterAMinuteItIsSaidWhatWasHeldBackAndOthersAreRecorded() {
        EventLimit limit = new EventLimit(nanos::get);
        AuditEvent denied = new AuditEvent(AuditAction.DENIED, "vera", "10.0.0.7", "a", "no right to write");
        for (int i = 0; i < EventLimit.EACH; i++) {
            assertThat(limit.admits(denied)).isTrue();
        }
        assertThat(limit.admits(denied)).isFalse();
        assertThat(limit.admits(new AuditEvent(AuditAction.DENIED, "emil", "10.0.0.7", "a", "no right to write")))
                .isTrue();
        assertThat(limit.summary(false)).isNull();
        nanos.set(EventLimit.MINUTE_NANOS);
        assertThat(limit.summary(false))
                .containsExactly(new AuditEvent(AuditAction.DENIED, "vera", "10.0.0.7", "", "1 more within a minute"));
        assertThat(limit.admits(denied)).isTrue();
    }

    @Test
    void garbageIsNoLine() throws IOException {
        Files.createDirectory(file().getParent());
        Files.writeString(file(), "no line\n{\"who\": \"a\n{}\n\n{\"who\": \"\\u00\"}\n{\"who\": \"a\"}\n{\"who\"}\n");
        assertThat(read()).containsExactly(new AuditLine("", "", "a", "", "", ""));
        Files.writeString(file(), "{\"path\": \"b\"}\n{\"path\": \"c", StandardOpenOption.APPEND);
        assertThat(paths()).containsExactly("", "b");
    }
}
